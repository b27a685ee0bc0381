/**
 * Frames between text and types. The server is trusted to keep to the contract; what does not even look like a frame
 * is refused, and unknown types are passed over as the contract asks.
 */
import type { ClientFrame, SendFrame } from "../../protocol/frames-client.ts";
import type { ServerFrame } from "../../protocol/frames-server.ts";

export type { ServerFrame };

/** What the SDK sends. */
export type OutFrame = Exclude<ClientFrame, { type: "send" }> | SendFrame;

/** @returns null for what is no frame at all */
export function parseFrame(data: unknown): ServerFrame | null {
  if (typeof data !== "string") return null;
  try {
    const frame: unknown = JSON.parse(data);
    if (typeof frame !== "object" || frame === null) return null;
    const { type } = frame as { type?: unknown };
    return typeof type === "string" ? (frame as ServerFrame) : null;
  } catch {
    return null;
  }
}
