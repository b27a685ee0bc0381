import { expect, test } from "vitest";
import type { Engine, EngineState, Versioned } from "../../../client/engine/api.ts";
import { Mirror } from "../../../client/views/mirror.ts";
import type { ConversationId } from "../../../protocol/ids.ts";
import { settle } from "./support/clock.ts";
import { conversation, user } from "./support/entries.ts";
import { record, session } from "./support/storage-contract.ts";

/** An engine of which a test says when it answers. */
class SlowEngine {
  readonly answers: ((state: EngineState | Error) => void)[] = [];
  tell: (versioned: Versioned) => void = () => {};

  readonly engine = {
    subscribe: (listener: (versioned: Versioned) => void) => {
      this.tell = listener;
      return () => {};
    },
    state: () =>
      new Promise<EngineState>((resolve, reject) => {
        this.answers.push((state) => (state instanceof Error ? reject(state) : resolve(state)));
      }),
  } as unknown as Engine;
}

const tea = conversation("tea");
const state = (version: number, title: string): EngineState => ({
  version,
  identity: session,
  endReason: "none",
  link: { status: "idle", url: "" },
  clockOffset: 0,
  records: [record(tea, { title })],
  outbox: [],
  typing: [],
  presence: [],
});
const titled = (version: number, title: string): Versioned => ({
  version,
  change: { type: "record", record: record(tea, { title }) },
});
const title = (mirror: Mirror, id: ConversationId = tea) => mirror.records.get(id)?.title;

test("what came while the state was asked for counts where it is newer, and only there", async () => {
  const slow = new SlowEngine();
  const mirror = new Mirror("https://chat.example");
  const attached = mirror.attach(slow.engine);
  slow.tell(titled(3, "old"));
  slow.tell(titled(5, "new"));
  slow.answers[0]?.(state(4, "snapshot"));
  await attached;
  expect(title(mirror)).toBe("new");
  expect(mirror.me).toBe(user("ada"));
});

test("a restart in the middle of the first load: attached means loaded all the same", async () => {
  const slow = new SlowEngine();
  const mirror = new Mirror("https://chat.example");
  let done = false;
  const attached = mirror.attach(slow.engine).then(() => (done = true));
  slow.tell({ version: 0, change: { type: "restart" } });
  slow.answers[0]?.(state(1, "of the engine before"));
  await settle();
  expect([done, mirror.loaded]).toEqual([false, false]);
  slow.answers[1]?.(state(1, "of the engine now"));
  await attached;
  expect(title(mirror)).toBe("of the engine now");
});

test("an engine that cannot start says why", async () => {
  const slow = new SlowEngine();
  const attached = new Mirror("https://chat.example").attach(slow.engine);
  slow.answers[0]?.(new Error("no disk"));
  await expect(attached).rejects.toThrow("no disk");
});
