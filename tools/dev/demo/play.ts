/** Plays a scene against a service. What was played before is found again by its ids and changes nothing [E1]. */
import { createHash } from "node:crypto";
import type { Session } from "../../../protocol/accounts.ts";
import type { AppendResult } from "../../../protocol/entry.ts";
import type { Conversation, ConversationList } from "../../../protocol/conversation.ts";
import { call, CallError, type Caller } from "./call.ts";
import type { Line, Person, Scene } from "./script.ts";

export type Cast = Readonly<Record<Person, Session>>;

/** @throws Error of the service */
export async function play(caller: Caller, cast: Cast, scene: Scene): Promise<void> {
  const conversation = await open(caller, cast, scene);
  let newest = 0;
  const said: number[] = [];
  for (const [index, line] of scene.lines.entries()) {
    const { accessToken: token } = cast[line.by];
    const body = { id: idOf(scene, labelOf(line, index)), ...contentOf(cast, scene, line) };
    const path = `/v1/conversations/${conversation}/entries`;
    const seq = await call<AppendResult>(caller, { method: "POST", path, token, body }).then(
      (result) => result.seq,
      (error: unknown) => {
        // Played again long after it was cut short, an edit may come too late: the scene does without.
        if (!(error instanceof CallError) || error.code !== "forbidden" || !("edit" in line)) throw error;
        return newest;
      },
    );
    newest = seq;
    if ("say" in line) said.push(seq);
  }
  for (const person of scene.people) {
    const left = scene.unread[person] ?? 0;
    const seq = left === 0 ? newest : (said.at(-1 - left) ?? 0);
    const { accessToken: token } = cast[person];
    await call(caller, { method: "PUT", path: `/v1/conversations/${conversation}/read`, token, body: { seq } });
  }
}

/** The scene's conversation: the one from the last time, or a new one. */
async function open(caller: Caller, cast: Cast, { kind, title, people }: Scene): Promise<string> {
  const [first, ...others] = people;
  const { accessToken: token } = cast[first];
  const members = others.map((person) => cast[person].user.id);
  if (kind === "group") {
    const held = await call<ConversationList>(caller, { method: "GET", path: "/v1/conversations?limit=200", token });
    const same = held.conversations.find((one) => one.kind === "group" && one.title === title);
    if (same !== undefined) return same.id;
  }
  const body = kind === "group" ? { kind, title, members } : { kind, user: members[0] };
  const { id } = await call<Conversation>(caller, { method: "POST", path: "/v1/conversations", token, body });
  return id;
}

function contentOf(cast: Cast, scene: Scene, line: Line): { kind: string; body: unknown } {
  if ("say" in line) {
    const mentions = line.names?.map((person) => cast[person].user.id);
    const replyTo = line.to === undefined ? undefined : idOf(scene, line.to);
    return { kind: "message", body: { text: line.say, replyTo, mentions } };
  }
  if ("react" in line) return { kind: "reaction", body: { target: idOf(scene, line.on), emoji: line.react } };
  if ("edit" in line) return { kind: "edit", body: { target: idOf(scene, line.on), text: line.edit } };
  return { kind: "delete", body: { target: idOf(scene, line.remove) } };
}

function labelOf(line: Line, index: number): string {
  return "say" in line && line.as !== undefined ? line.as : `line ${index}`;
}

/** An id that a line of a scene always has, in the shape of a UUID of version 7. */
function idOf(scene: Scene, label: string): string {
  const hex = createHash("sha256").update(`${scene.name}/${label}`).digest("hex");
  return `00000000-${hex.slice(0, 4)}-7${hex.slice(4, 7)}-8${hex.slice(7, 10)}-${hex.slice(10, 22)}`;
}
