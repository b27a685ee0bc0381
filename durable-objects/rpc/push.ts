/**
 * Pushes, between the User object, which decides, and the consumer of the queue, which sends. Types only.
 */
import type { ConversationId, DeviceId, PushKind, PushNotice, PushTarget, UserId } from "../../protocol/index.ts";

/** What travels in the queue: whom to ask. No address, no key, no text. */
export interface PushJob {
  readonly v: 1;
  readonly user: UserId;
  readonly device: DeviceId;
  readonly conversation: ConversationId;
  /** Of the address when it was queued: for counting what never came back. */
  readonly kind: PushKind;
  /** Names this job; what comes with another name is out of date. */
  readonly ticket: string;
}

/** What is to be sent now. */
export interface PushOrder {
  readonly target: PushTarget;
  readonly notice: PushNotice;
  /** How long it is worth delivering, in whole seconds. */
  readonly ttl: number;
  /** The same for all pushes of a conversation to a device: a newer one takes the place of an older one [N2]. */
  readonly topic: string;
}

/** How it went. `gone`: the device is not to be reached at this address any more. */
export type PushOutcome =
  | { readonly kind: "sent" | "gone" | "refused" | "dead" }
  /** It is tried again after so long. */
  | { readonly kind: "retry"; readonly delayMs: number };

/** Calls by name: what is asked and what is answered. All may run twice. */
export interface PushCalls {
  /** Registers a device, or with null ends its pushes. `device_revoked` unless it is signed in. */
  set: { readonly ask: { readonly device: DeviceId; readonly target: PushTarget | null }; readonly answer: void };
  get: { readonly ask: { readonly device: DeviceId }; readonly answer: PushTarget | null };
  /** [N1] whether it is still to be sent, and what. Null: it is not. */
  take: { readonly ask: PushJob; readonly answer: PushOrder | null };
  settle: { readonly ask: { readonly job: PushJob; readonly outcome: PushOutcome }; readonly answer: void };
}

export type PushOp = keyof PushCalls;

export interface PushRpc {
  push<Op extends PushOp>(op: Op, ask: PushCalls[Op]["ask"]): Promise<PushCalls[Op]["answer"]>;
}
