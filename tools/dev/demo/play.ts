/** Plays a scene against a service. What was played before is found again by its ids and changes nothing [E1]. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Session } from "../../../protocol/accounts.ts";
import type { AppendResult, Media } from "../../../protocol/entry.ts";
import type { UploadTicket } from "../../../protocol/media.ts";
import type { Conversation, ConversationList } from "../../../protocol/conversation.ts";
import { call, CallError, type Caller } from "./call.ts";
import type { Line, Person, Picture, Scene } from "./script.ts";

export type Cast = Readonly<Record<Person, Session>>;

/** @throws Error of the service */
export async function play(caller: Caller, cast: Cast, scene: Scene): Promise<void> {
  const conversation = await open(caller, cast, scene);
  let newest = 0;
  const said: number[] = [];
  for (const [index, line] of scene.lines.entries()) {
    const { accessToken: token } = cast[line.by];
    const body = {
      id: idOf(scene, labelOf(line, index)),
      ...(await contentOf(caller, cast, scene, conversation, line)),
    };
    const path = `/v1/conversations/${conversation}/entries`;
    const seq = await call<AppendResult>(caller, { method: "POST", path, token, body }).then(
      (result) => result.seq,
      (error: unknown) => {
        // Played again after it was cut short, an edit may come too late, and a picture is there as another file: the
        // scene does without.
        const expected = "edit" in line ? "forbidden" : "show" in line ? "id_conflict" : undefined;
        if (!(error instanceof CallError) || error.code !== expected) throw error;
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

async function contentOf(
  caller: Caller,
  cast: Cast,
  scene: Scene,
  conversation: string,
  line: Line,
): Promise<{ kind: string; body: unknown }> {
  if ("say" in line) {
    const media =
      line.show === undefined ? undefined : [await upload(caller, cast[line.by].accessToken, conversation, line.show)];
    const mentions = line.names?.map((person) => cast[person].user.id);
    const replyTo = line.to === undefined ? undefined : idOf(scene, line.to);
    return { kind: "message", body: { text: line.say, media, replyTo, mentions } };
  }
  if ("react" in line) return { kind: "reaction", body: { target: idOf(scene, line.on), emoji: line.react } };
  if ("edit" in line) return { kind: "edit", body: { target: idOf(scene, line.on), text: line.edit } };
  return { kind: "delete", body: { target: idOf(scene, line.remove) } };
}

/** Puts a picture where the conversation's members can fetch it. @returns how a message names it */
async function upload(caller: Caller, token: string, conversation: string, picture: Picture): Promise<Media> {
  const { file, name, type, width, height } = picture;
  const bytes = readFileSync(join(import.meta.dirname, file));
  const sha256 = createHash("sha256").update(bytes).digest("base64url");
  const path = `/v1/conversations/${conversation}/media`;
  const announced = { name, type, size: bytes.length, sha256 };
  const { id, uploadUrl } = await call<UploadTicket>(caller, { method: "POST", path, token, body: announced });
  const answer = await fetch(new URL(uploadUrl, caller.url), { method: "PUT", body: bytes });
  if (!answer.ok) throw new CallError("internal", `The picture was not taken: ${answer.status} ${await answer.text()}`);
  return { id, ...announced, width, height };
}

function labelOf(line: Line, index: number): string {
  return "say" in line && line.as !== undefined ? line.as : `line ${index}`;
}

/** An id that a line of a scene always has, in the shape of a UUID of version 7. */
function idOf(scene: Scene, label: string): string {
  const hex = createHash("sha256").update(`${scene.name}/${label}`).digest("hex");
  return `00000000-${hex.slice(0, 4)}-7${hex.slice(4, 7)}-8${hex.slice(7, 10)}-${hex.slice(10, 22)}`;
}
