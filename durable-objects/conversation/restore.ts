/**
 * Back to how a conversation was: the platform keeps every state of an object's database for thirty days. What was
 * appended since is gone from the log, so members must be told (`UserForEdge.rewound`): their devices find that they
 * diverged and pull again [D7].
 */
import type { UserId } from "../../protocol/index.ts";
import type { RestorePoint, Restored } from "../rpc/conversation.ts";
import type { Core } from "./core.ts";

/** The answer must leave before the instance ends. */
const LEAVE_MS = 50;

/**
 * Restores at the start of the next instance, and ends this one.
 *
 * @returns who is to be told, members of now and of then alike, and the way back
 */
export async function restore(ctx: DurableObjectState, core: Core, to: RestorePoint): Promise<Restored> {
  const members: UserId[] = [...core.members.all()].map(({ user }) => user);
  const bookmark = "bookmark" in to ? to.bookmark : await ctx.storage.getBookmarkForTime(to.at);
  const undo = await ctx.storage.onNextSessionRestoreBookmark(bookmark);
  setTimeout(() => ctx.abort("restored to an earlier state"), LEAVE_MS);
  return { undo, members };
}
