/** The suite inside a browser: bundled by `chromium.ts`, run in a page of the server that is tested. */
import { IndexedDbStorage } from "../../client/storage/indexeddb.ts";
import { contract } from "../unit/client/support/storage-contract.ts";
import { fresh } from "./harness.ts";
import { runCase, suite } from "./suite.ts";
import { tabCases } from "./cases-tabs.ts";

interface PageCase {
  readonly title: string;
  readonly run: (url: string) => Promise<void>;
}

const cases: readonly PageCase[] = [
  ...[...suite, ...tabCases].map((each) => ({ title: each.title, run: (url: string) => runCase(each, url) })),
  ...contract.map(({ title, run }) => ({
    title: `IndexedDbStorage: ${title}`,
    run: async () => {
      const name = fresh("contract");
      const stores: IndexedDbStorage[] = [];
      const open = async () => {
        const store = new IndexedDbStorage(name);
        stores.push(store);
        return store;
      };
      try {
        await run({ durable: true, open });
      } finally {
        await Promise.all(stores.map((store) => store.close()));
      }
    },
  })),
];

declare global {
  var sdkSuite: {
    readonly titles: readonly string[];
    /** @returns undefined where it passed, else what was wrong */
    readonly run: (title: string) => Promise<string | undefined>;
  };
}

globalThis.sdkSuite = {
  titles: cases.map(({ title }) => title),
  async run(title) {
    const found = cases.find((each) => each.title === title);
    if (found === undefined) return "no such case";
    try {
      await found.run(location.origin);
      return undefined;
    } catch (error) {
      return error instanceof Error ? (error.stack ?? error.message) : String(error);
    }
  },
};
