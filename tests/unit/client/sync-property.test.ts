import * as fc from "fast-check";
import { expect, test } from "vitest";
import { MemoryStorage } from "../../../client/storage/memory.ts";
import type { Snapshot } from "../../../client/storage/storage.ts";
import { World } from "./support/world.ts";

test("[S3] [D2] however often the link breaks, the device ends up with the log", async () => {
  const step = fc.constantFrom("say", "say", "say", "cut", "settle", "restart", "ack");
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 40 }), async (steps) => {
      const place = new World();
      const disk = new MemoryStorage();
      const id = place.server.conversation("tea", ["ada", "bob"]);
      let ada = await place.online("ada", { storage: disk });
      const seen: number[] = [];
      const listen = () => ada.on("message", ({ message: { seq } }) => seen.push(seq ?? 0));
      listen();
      let count = 0;
      for (const what of steps) {
        if (what === "say") place.server.say(id, "bob", `m${++count}`);
        else if (what === "cut") place.server.cut();
        else if (what === "settle") await place.settle();
        else if (what === "ack") await place.advance(300);
        else {
          await ada.close();
          place.server.links.length = 0;
          ada = place.client({ storage: disk });
          await ada.ready();
          listen();
        }
      }
      await place.advance(40_000);
      const { logs }: Snapshot = await disk.load();
      expect(logs[0]?.stream ?? 0).toBe(count);
      const found = await disk.entries(id, { after: 0, to: Infinity, limit: 1_000, newest: false });
      expect(found.map(({ entry }) => entry.seq)).toEqual(Array.from({ length: count }, (_, i) => i + 1));
      expect(seen).toEqual([...new Set(seen)].sort((a, b) => a - b));
      expect(ada.conversations.current.items[0]?.unread).toBe(count);
      await place.close();
    }),
    { numRuns: 60 },
  );
}, 60_000);
