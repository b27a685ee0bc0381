/**
 * [C5] [E4] recomputes the hash chain of new entries. Loaded only where it is asked for: hashing is not small.
 */
import { GENESIS_CHAIN, digestOf, jcs, nextChain } from "../../protocol/chain.ts";
import type { Entry } from "../../protocol/entry.ts";
import type { ConversationId } from "../../protocol/ids.ts";
import type { LogPorts } from "../sync/log.ts";

/**
 * Makes the check. An entry can be checked where the one before it is known; it is reported where the chain that it
 * carries is not the one that its content makes.
 *
 * @param diverged told of the first entry of a stretch that does not fit
 */
export function chainVerifier(
  diverged: (conversation: ConversationId, seq: number) => void,
): NonNullable<LogPorts["verify"]> {
  return (conversation, { stream, chain }, entries) => {
    let previous: { seq: number; chain: string } | null =
      stream === 0
        ? { seq: 0, chain: GENESIS_CHAIN }
        : stream === null || chain === null
          ? null
          : { seq: stream, chain };
    for (const { entry } of entries) {
      if (previous !== null && entry.seq === previous.seq + 1 && chainOf(previous.chain, entry) !== entry.chain) {
        diverged(conversation, entry.seq);
        return;
      }
      previous = { seq: entry.seq, chain: entry.chain };
    }
  };
}

/** The chain that an entry should carry. Of an erased body only the digest is left, and it must be believed. */
function chainOf(previous: string, entry: Entry): string {
  const digest = entry.deleted ? entry.digest : digestOf(jcs(entry.body));
  return nextChain(previous, { ...entry, digest });
}
