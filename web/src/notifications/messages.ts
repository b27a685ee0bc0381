/** What pages and the service worker say to each other about notifications. */
import type { ConversationId } from "../../../client/index.ts";
import type { PushNotice } from "../../../protocol/push.ts";

/** From a page. */
export type ToWorker =
  /** Something came over the page's own link while nobody looked at it: the server pushes only what no link took [N1]. */
  | { readonly type: "arrived"; readonly notice: PushNotice }
  /** Read up to these seqs, here or on another device. */
  | { readonly type: "read"; readonly marks: readonly (readonly [ConversationId, number])[] }
  /** Nobody is signed in any more. */
  | { readonly type: "forget" };

/** To a page. */
export type ToPage =
  /** A notification was clicked. `write`: the user wants to reply. */
  | { readonly type: "open"; readonly conversation: ConversationId; readonly write: boolean }
  /** Which conversation is open? The answer, a {@link Looking}, goes to the port that comes with it. */
  | { readonly type: "looking" };

export interface Looking {
  readonly conversation: ConversationId | null;
}
