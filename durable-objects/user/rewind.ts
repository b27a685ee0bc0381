/**
 * A conversation's log was set back by an operator: what this object and its devices know of it is of another history.
 */
import type { ConversationId } from "../../protocol/index.ts";
import { sayGoodbye } from "./goodbye.ts";
import type { Parts } from "./parts.ts";

/** Members of a large group do not all come back in the same moment. */
const WITHIN_MS = 5_000;

/**
 * Takes the log as it is now, and lets every device begin anew with it: its hello is answered with `diverged` [D7].
 *
 * @throws MeridianError `unavailable` where the log cannot be asked: then nothing has changed
 */
export async function rewound(parts: Parts | undefined, conversation: ConversationId): Promise<void> {
  if (parts === undefined) return;
  const { core, inbox } = parts;
  const me = core.id;
  const view = await core.ask(conversation, (stub) => stub.view(me));
  // Sockets first: what they write down as they go would be of the other history.
  sayGoodbye(parts, "a conversation was restored", WITHIN_MS);
  const head = view?.head ?? 0;
  core.transact(() => {
    inbox.rewind(conversation, view ?? { head: 0, chain: "", at: 0 }, view === null || view.role === null);
    core.sql.exec("UPDATE cursors SET acked = ? WHERE conversation = ? AND acked > ?", head, conversation, head);
  });
}
