/**
 * The browser tests' own `test`: gives people with pages of their own, and fails a test whose pages reported an error
 * or broke their security policy.
 */
import { test as base, type BrowserContext, type BrowserContextOptions, type Page } from "@playwright/test";
import { expect } from "./expect.ts";
import { Person } from "./person.ts";

export { expect };

/** Messages of the console that a test may bring about on purpose. */
const EXPECTED = [
  // A refused call is news for the page, which shows it; the browser reports it all the same.
  /^Failed to load resource: the server responded with a status of 4\d\d/,
  // Without a network, or with the server down, nothing else can be expected.
  /net::ERR_(INTERNET_DISCONNECTED|CONNECTION_REFUSED|CONNECTION_RESET|EMPTY_RESPONSE|NETWORK_CHANGED|SOCKET_NOT_CONNECTED)/,
  /WebSocket connection to .* failed/,
];

interface People {
  /** A page in a browser of its own, not signed in. */
  open(options?: BrowserContextOptions): Promise<Page>;
  /** Somebody with a fresh account, signed in on a page in a browser of their own. */
  person(name: string, options?: BrowserContextOptions): Promise<Person>;
}

export const test = base.extend<{ people: People }>({
  people: async ({ browser, baseURL }, use) => {
    const problems: string[] = [];
    const contexts: BrowserContext[] = [];
    const open = async (options: BrowserContextOptions = {}): Promise<Page> => {
      const context = await browser.newContext({
        ...(baseURL === undefined ? {} : { baseURL }),
        viewport: { width: 1180, height: 760 },
        locale: "en-GB",
        // Nothing to wait for; what moves is looked at by tools/screenshots.ts.
        reducedMotion: "reduce",
        ...options,
      });
      contexts.push(context);
      watch(context, problems);
      return context.newPage();
    };
    await use({
      open,
      person: async (name, options) => Person.register(await open(options), name),
    });
    await Promise.all(contexts.map((context) => context.close()));
    expect(problems, "errors and violations of the security policy on the pages").toEqual([]);
  },
});

/** Collects what goes wrong on every page of a context. */
function watch(context: BrowserContext, problems: string[]): void {
  context.on("weberror", (error) => problems.push(`uncaught: ${error.error().stack ?? error.error().message}`));
  context.on("console", (message) => {
    const text = message.text();
    if (message.type() === "error" && !EXPECTED.some((pattern) => pattern.test(text))) problems.push(text);
  });
}
