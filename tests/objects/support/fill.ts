import type { AppendItem } from "../../../durable-objects/rpc/conversation.ts";
import type { ConversationId, EntryId } from "../../../protocol/index.ts";
import { conversationObject, type Person, type TestDevice } from "./people.ts";

/** Appends many messages straight at the Conversation object, past the limit of one user [S6]. */
export async function fill(
  sender: Person,
  device: TestDevice,
  conversation: ConversationId,
  count: number,
): Promise<void> {
  for (let start = 0; start < count; start += 100) {
    const items: AppendItem[] = Array.from({ length: Math.min(100, count - start) }, (_, index) => ({
      device: device.id,
      id: crypto.randomUUID() as unknown as EntryId,
      content: { kind: "message", body: { text: `entry ${start + index}` } },
    }));
    const { outcomes } = await conversationObject(conversation).append(sender.id, items);
    const refused = outcomes.find(({ ok }) => !ok);
    if (refused !== undefined) throw new Error(JSON.stringify(refused));
  }
}
