/**
 * All members of a conversation, page by page.
 */
import type { Member, MemberList } from "../../protocol/conversation.ts";
import type { ConversationId } from "../../protocol/ids.ts";
import type { Method } from "./http.ts";

const PAGE = 200;
/** Pages of one group: past the largest group that there can be. */
const MAX_PAGES = 1_000;

export async function allMembers(
  request: (method: Method, path: string) => Promise<unknown>,
  conversation: ConversationId,
): Promise<readonly Member[]> {
  const members: Member[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < MAX_PAGES; page++) {
    const more: string = cursor === undefined ? "" : `&cursor=${cursor}`;
    const list = await request("GET", `/v1/conversations/${conversation}/members?limit=${PAGE}${more}`);
    // What the contract says that this route answers.
    const { members: some, cursor: next } = list as MemberList;
    members.push(...some);
    cursor = next;
    if (cursor === undefined) break;
  }
  return members;
}
