/** How far an own message has come: clock, one tick, two, two in blue. */
import type { JSX } from "preact";
import type { MessageStatus } from "../../../client/index.ts";
import "./ticks.css";

const WORDS: Record<MessageStatus, string> = {
  queued: "Waiting to be sent",
  sent: "Sent",
  delivered: "Delivered",
  read: "Read",
  failed: "Not sent",
};

const PATHS: Record<MessageStatus, string> = {
  queued: "M9 2.500a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11ZM9 5v3.200l2 1.3",
  sent: "M5 8.600l3 3 5.5-7",
  delivered: "M1.5 8.600l3 3 5.5-7M8.2 11l.7.6 5.6-7",
  read: "M1.5 8.600l3 3 5.5-7M8.2 11l.7.6 5.6-7",
  failed: "M9 2.500a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11ZM9 5.200v3.400M9 10.900v.1",
};

export function statusWords(status: MessageStatus): string {
  return WORDS[status];
}

export function Ticks({ status }: { status: MessageStatus }): JSX.Element {
  return (
    <svg class={`ticks ${status}`} width="18" height="16" viewBox="0 0 18 16" role="img" aria-label={WORDS[status]}>
      <title>{WORDS[status]}</title>
      <path
        d={PATHS[status]}
        fill="none"
        stroke="currentColor"
        stroke-width="1.6"
        stroke-linecap="round"
        stroke-linejoin="round"
      />
    </svg>
  );
}
