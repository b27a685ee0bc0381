/** A profile that changed: this user's own, or that of somebody it writes with. */
import type { PublicProfile, User } from "../../protocol/index.ts";
import type { Parts } from "./parts.ts";

/** Direct chats whose other side is told of a changed profile; the rest sees it within the hour. */
const TOLD = 200;

/** This user's profile changed, and the accounts database holds it. */
export function profileChanged({ core, inbox }: Parts, user: User): void {
  core.setProfile(user);
  const { id, handle, displayName, about, avatar } = user;
  const peers = inbox.all().flatMap(({ peer }) => (peer === null || peer === id ? [] : [peer]));
  for (const peer of peers.slice(0, TOLD)) {
    // Best effort: who misses it sees the new profile when its copy is an hour old.
    core.askUser(peer, (stub) => stub.peerChanged({ id, handle, displayName, about, avatar })).catch(() => undefined);
  }
}

/** The other side of a direct chat changed its profile. */
export function peerChanged({ inbox, summaries }: Parts, profile: PublicProfile): void {
  summaries.remember(profile);
  const row = inbox.all().find(({ peer }) => peer === profile.id);
  if (row === undefined) return;
  inbox.touch(row.conversation);
  summaries.refresh(row.conversation);
}
