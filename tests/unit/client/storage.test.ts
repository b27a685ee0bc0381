import "fake-indexeddb/auto";
import { afterEach, describe, expect, test } from "vitest";
import { IndexedDbStorage } from "../../../client/storage/indexeddb.ts";
import { MemoryStorage } from "../../../client/storage/memory.ts";
import type { Storage } from "../../../client/storage/storage.ts";
import { contract, type Subject } from "./support/storage-contract.ts";

let databases = 0;
const open: Storage[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((storage) => storage.close()));
});

function indexedDbSubject(): Subject {
  const name = `contract-${databases++}`;
  return {
    durable: true,
    open: async () => {
      const storage = new IndexedDbStorage(name);
      open.push(storage);
      return storage;
    },
  };
}

describe.each([
  ["MemoryStorage", (): Subject => ({ durable: false, open: async () => new MemoryStorage() })],
  ["IndexedDbStorage", indexedDbSubject],
])("%s", (_name, subject) => {
  test.each(contract.map((clause) => [clause.title, clause] as const))("%s", async (_title, clause) => {
    await expect(clause.run(subject())).resolves.toBeUndefined();
  });
});

test("IndexedDbStorage opens its database again after the browser closed it", async () => {
  const storage = new IndexedDbStorage(`closed-${databases++}`);
  await storage.write([{ put: "sync", value: "token" }]);
  await storage.close();
  expect((await storage.load()).sync).toBe("token");
  await storage.close();
});
