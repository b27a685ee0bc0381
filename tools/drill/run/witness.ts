/** Who reads the logs when all is over, past the network and every device. */
import type { Page } from "../../../protocol/index.ts";
import type { Recorder } from "../../history/events.ts";
import { recordedEntry } from "../../history/record.ts";
import type { Conversation } from "../devices/crowd.ts";
import { patiently } from "../patience.ts";
import { MeridianError } from "../../../client/errors.ts";

const PAGE = 200;

/** Where the logs end. @param url of an edge */
export async function readHeads(url: string, conversations: readonly Conversation[]): Promise<Map<string, number>> {
  const pages = await Promise.all(
    conversations.map(async (conversation): Promise<[string, number]> => {
      const { head } = await page(url, conversation, 0, 1);
      return [conversation.id, head];
    }),
  );
  return new Map(pages);
}

/**
 * Writes the final log of a conversation to the history.
 *
 * @returns ids by seq
 */
export async function dumpLog(
  url: string,
  conversation: Conversation,
  recorder: Recorder,
): Promise<ReadonlyMap<number, string>> {
  const ids = new Map<number, string>();
  for (let after = 0, more = true; more;) {
    const part = await page(url, conversation, after, PAGE);
    for (const { seq, id } of part.entries) ids.set(seq, id);
    recorder.write({
      type: "log",
      conversation: conversation.id,
      members: [...conversation.members],
      floor: part.floor,
      head: part.head,
      entries: part.entries.map((entry) => recordedEntry(entry, "make")),
    });
    ({ more, to: after } = part);
  }
  return ids;
}

function page(url: string, { id, reader }: Conversation, after: number, limit: number): Promise<Page> {
  return patiently(async () => {
    const { accessToken } = await reader.session();
    const answer = await fetch(`${url}/v1/conversations/${id}/entries?after=${after}&limit=${limit}`, {
      headers: { Authorization: `Bearer ${accessToken}` },
      signal: AbortSignal.timeout(10_000),
    }).catch((error: unknown) => {
      throw new MeridianError("unavailable", String(error));
    });
    if (!answer.ok) throw new MeridianError("unavailable", `The witness was answered ${answer.status}.`);
    return (await answer.json()) as Page;
  });
}
