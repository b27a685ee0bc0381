/**
 * What every way of pushing has in common: one order in, one answer out.
 */
import type { PushOrder } from "../../durable-objects/rpc/push.ts";
import type { PushTarget } from "../../protocol/index.ts";

/** How a provider took an order. */
export type PushAnswer =
  | { readonly result: "accepted" }
  /** The device is not at this address any more. */
  | { readonly result: "gone" }
  /** Asking again would be refused again. */
  | { readonly result: "refused"; readonly status: number }
  | { readonly result: "retry"; readonly afterMs: number | undefined };

export type Order<Kind extends PushTarget["kind"]> = PushOrder & {
  readonly target: Extract<PushTarget, { kind: Kind }>;
};

export interface ProviderPorts {
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
}

/** One way of pushing. Throws where the provider could not be reached: that is tried again. */
export type Provider = (order: PushOrder, signal: AbortSignal) => Promise<PushAnswer>;

/** No provider is that far behind that its word counts for longer. */
const MAX_RETRY_AFTER_MS = 12 * 60 * 60_000;

/** Reads the answer of a provider from its status, as RFC 8030 and its relatives mean it. */
export function answerOf(response: Response, now: number): PushAnswer {
  const { status, headers } = response;
  if (status >= 200 && status < 300) return { result: "accepted" };
  if (status === 404 || status === 410) return { result: "gone" };
  if (status === 408 || status === 429 || status >= 500) {
    return { result: "retry", afterMs: retryAfterMs(headers.get("Retry-After"), now) };
  }
  return { result: "refused", status };
}

/** `Retry-After` in seconds or as a date (RFC 9110). */
export function retryAfterMs(text: string | null, now: number): number | undefined {
  if (text === null) return undefined;
  const ms = /^\d+$/.test(text.trim()) ? Number(text) * 1000 : Date.parse(text) - now;
  return Number.isNaN(ms) ? undefined : Math.min(MAX_RETRY_AFTER_MS, Math.max(0, ms));
}

/** The beginning of a body, for its error code; the rest is not waited for. */
export async function firstBytes(response: Response, max = 4_096): Promise<string> {
  if (response.body === null) return "";
  const reader: ReadableStreamDefaultReader<Uint8Array> = response.body.getReader();
  const decoder = new TextDecoder();
  let text = "";
  while (text.length < max) {
    const { done, value } = await reader.read();
    if (done) return text;
    text += decoder.decode(value, { stream: true });
  }
  await reader.cancel();
  return text;
}
