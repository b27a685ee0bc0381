/**
 * Events: news that is no state, for notifications, sounds and logs.
 */
import type { MeridianError } from "../errors.ts";
import type { ConversationId, DeviceId, EntryId, MessageItem, UserId } from "./state.ts";

export interface MeridianEvents {
  /** A message by somebody else arrived live or after an absence, and was stored. */
  message: { readonly conversation: ConversationId; readonly message: MessageItem };
  /** An own entry is durable [S1]. */
  sent: { readonly conversation: ConversationId; readonly id: EntryId; readonly seq: number; readonly at: number };
  /** An own entry was refused for good. */
  failed: { readonly conversation: ConversationId; readonly id: EntryId; readonly error: MeridianError };
  /** [D7] [C5] the log is not what this device holds: it was dropped and is fetched again. */
  diverged: {
    readonly conversation: ConversationId;
    readonly seq: number;
    /** Who noticed: the server from the cursor, or this device from the hash chain. */
    readonly by: "server" | "chain";
  };
  signedIn: { readonly user: UserId; readonly device: DeviceId };
  signedOut: { readonly reason: "signedOut" | "revoked" | "expired" };
  /** Something failed in the background that no call waits for. */
  error: { readonly error: MeridianError };
}
