import { expect, test } from "vitest";
import type { Core } from "../../../durable-objects/conversation/core.ts";
import type { MemberState } from "../../../durable-objects/conversation/members.ts";
import { Typing } from "../../../durable-objects/conversation/typing.ts";
import { Load } from "../../../durable-objects/shared/load.ts";
import type { UserId } from "../../../protocol/index.ts";

const user = (name: string): UserId => `u_${name}` as UserId;
const member = (name: string) => ({ user: user(name), blocks: [] }) as unknown as MemberState;

test("[P3] slow answers make it busy, a single stuck one not for long, and what was long ago is forgotten", () => {
  const clock = { now: 0 };
  const load = new Load(() => clock.now);
  expect(load.busy).toBe(false);
  load.answered(60_000);
  expect(load.lagMs).toBeLessThan(2_000);
  for (let each = 0; each < 5; each++) load.answered(2);
  expect(load.busy).toBe(false);
  for (let each = 0; each < 10; each++) load.answered(400);
  expect(load.busy).toBe(true);
  expect(load.lagMs).toBeLessThanOrEqual(400);
  clock.now += 5_001;
  expect(load).toMatchObject({ busy: false, lagMs: 0 });
});

test("[P3] while members are slow nobody is told who types; the notice after it passes", () => {
  const clock = { now: 1_000 };
  const members = ["ada", "ben", "cyd"].map(member);
  const core = { clock: () => clock.now, members: { count: members.length, active: () => members } } as unknown as Core;
  const told: string[] = [];
  let busy = true;
  const typing = new Typing(
    core,
    async (to, from, active) => void told.push(`${to} ${from} ${active}`),
    () => busy,
  );
  typing.tell(member("ada"), true);
  expect(told).toEqual([]);
  busy = false;
  clock.now += 1_000;
  typing.tell(member("ada"), true);
  expect(told).toEqual(["u_ben u_ada true", "u_cyd u_ada true"]);
  // The same again within a second is not worth a call.
  typing.tell(member("ada"), true);
  expect(told).toHaveLength(2);
});
