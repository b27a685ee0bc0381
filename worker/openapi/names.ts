/**
 * Names of the contract's validators in the OpenAPI description, and an example of each.
 */
import { z } from "zod";
import * as wire from "../../protocol/index.ts";
import * as examples from "./examples.ts";

const named: readonly (readonly [name: string, schema: z.ZodType, example?: unknown])[] = [
  ["Problem", wire.Problem],
  ["User", wire.User, examples.user],
  ["PublicProfile", wire.PublicProfile, examples.profile],
  ["Device", wire.Device, examples.device],
  ["Register", wire.Register, examples.register],
  ["SignIn", wire.SignIn, examples.signIn],
  ["Session", wire.Session, examples.session],
  ["Refresh", wire.Refresh, examples.refresh],
  ["DeleteAccount", wire.DeleteAccount, examples.deleteAccount],
  ["UpdateMe", wire.UpdateMe, examples.updateMe],
  ["DeviceList", wire.DeviceList, examples.deviceList],
  ["BlockList", wire.BlockList, examples.blockList],
  ["CreateConversation", wire.CreateConversation, examples.createConversation],
  ["UpdateConversation", wire.UpdateConversation, examples.updateConversation],
  ["Conversation", wire.Conversation, examples.conversation],
  ["Summary", wire.Summary, examples.summary],
  ["ConversationList", wire.ConversationList, examples.conversationList],
  ["Member", wire.Member, examples.member],
  ["MemberList", wire.MemberList, examples.memberList],
  ["PutMember", wire.PutMember, examples.putMember],
  ["Media", wire.Media],
  ["Entry", wire.Entry, examples.entry],
  // Named by itself: the generator loses the null of a nullable union that has a name.
  ["EntryOrNull", wire.Summary.shape.last, examples.entry],
  ["AppendRequest", wire.AppendRequest, examples.append],
  ["AppendResult", wire.AppendResult, examples.appended],
  ["Page", wire.Page, examples.page],
  ["MarkRead", wire.MarkRead, examples.markRead],
  ["Mute", wire.Mute, examples.mute],
  ["ReceiptList", wire.ReceiptList, examples.receipts],
  ["StartUpload", wire.StartUpload, examples.startUpload],
  ["UploadTicket", wire.UploadTicket, examples.uploadTicket],
  ["UploadState", wire.UploadState, examples.uploadState],
  ["Uploaded", wire.Uploaded, examples.uploaded],
  ["MediaLink", wire.MediaLink, examples.mediaLink],
  ["PushTarget", wire.PushTarget, examples.pushTarget],
  ["PushState", wire.PushState, examples.pushState],
];

const exampleOfSchema = new Map<z.ZodType, unknown>();

for (const [name, schema, example] of named) {
  // The generator reads the name from here. Its own `.openapi(name)` would name a copy, which no other schema refers to.
  z.globalRegistry.add(schema, { _internal: { refId: name } });
  if (example !== undefined) exampleOfSchema.set(schema, example);
}
// What the generator cannot see through a transformation or coercion, or has no JSON type for.
z.globalRegistry.add(wire.Handle, { pattern: "^[A-Za-z0-9_.]{3,32}$" });
z.globalRegistry.add(wire.EntriesQuery.shape.after, { type: "integer", minimum: 0 });
z.globalRegistry.add(wire.EntriesQuery.shape.before, { type: "integer", minimum: 0 });
for (const { shape } of wire.LiveEntry.options) {
  z.globalRegistry.add(shape.deleted, { type: "boolean", enum: [false] });
}

/** The example of a named schema. */
export function exampleOf(schema: z.ZodType): unknown {
  return exampleOfSchema.get(schema);
}

/** Every example with what must accept it. */
export const allExamples: readonly (readonly [name: string, schema: z.ZodType, example: unknown])[] = named.flatMap(
  ([name, schema, example]) => (example === undefined ? [] : [[name, schema, example] as const]),
);
