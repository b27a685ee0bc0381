/** Whom this user has blocked. */
import { signal } from "@preact/signals";
import type { UserId } from "../../../client/index.ts";
import { meridian } from "../meridian.ts";

export const blocks = signal<ReadonlySet<UserId>>(new Set());

/** Fetches the list anew. */
export async function loadBlocks(): Promise<void> {
  blocks.value = new Set(await meridian.blocks());
}

export async function block(user: UserId): Promise<void> {
  await meridian.block(user);
  blocks.value = new Set([...blocks.value, user]);
}

export async function unblock(user: UserId): Promise<void> {
  await meridian.unblock(user);
  blocks.value = new Set([...blocks.value].filter((held) => held !== user));
}
