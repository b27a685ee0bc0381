/** Web Push in a browser that is made here: headless Chromium subscribes nobody. */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { canPush, disablePush, enablePush, readNotice, refreshPush, renewPush } from "../../../client/push.ts";
import type { PushTarget } from "../../../protocol/push.ts";

const KEY = Buffer.alloc(65, 4).toString("base64url");
const OTHER_KEY = Buffer.alloc(65, 5).toString("base64url");

class FakeSubscription {
  ended = false;
  readonly endpoint: string;
  readonly options: { readonly applicationServerKey: ArrayBuffer };
  constructor(endpoint: string, key: string) {
    this.endpoint = endpoint;
    const bytes = Buffer.from(key, "base64url");
    this.options = { applicationServerKey: Uint8Array.from(bytes).buffer };
  }
  toJSON() {
    return { endpoint: this.endpoint, expirationTime: null, keys: { p256dh: "point", auth: "secret" } };
  }
  async unsubscribe(): Promise<boolean> {
    this.ended = true;
    return true;
  }
}

/** A browser with at most one subscription, as real ones have. */
class FakeBrowser {
  subscription: FakeSubscription | null = null;
  made = 0;
  readonly registration = {
    pushManager: {
      getSubscription: async () => (this.subscription?.ended === true ? null : this.subscription),
      subscribe: async (options: { userVisibleOnly: boolean; applicationServerKey: string }) => {
        expect(options.userVisibleOnly).toBe(true);
        this.made += 1;
        this.subscription = new FakeSubscription(`https://push.example.org/${this.made}`, options.applicationServerKey);
        return this.subscription;
      },
    },
  } as unknown as ServiceWorkerRegistration;
}

class FakeServer {
  target: PushTarget | null = null;
  readonly request = async (method: string, path: string): Promise<unknown> => {
    expect(`${method} ${path}`).toBe("GET /v1/me/push");
    return { publicKey: KEY, registered: this.target && { kind: "webpush", preview: this.target.preview ?? false } };
  };
  readonly setPush = async (target: PushTarget | null): Promise<void> => {
    this.target = target;
  };
}

let permission: NotificationPermission;
let browser: FakeBrowser;
let server: FakeServer;

beforeEach(() => {
  permission = "granted";
  browser = new FakeBrowser();
  server = new FakeServer();
  vi.stubGlobal("Notification", {
    requestPermission: async () => permission,
    get permission() {
      return permission;
    },
  });
  vi.stubGlobal("navigator", { serviceWorker: {} });
  vi.stubGlobal("PushManager", {});
});
afterEach(() => vi.unstubAllGlobals());

const registered = (endpoint: string) => ({ kind: "webpush", endpoint, keys: { p256dh: "point", auth: "secret" } });

describe("notifications in a browser", () => {
  test("[N1] are subscribed to under the server's key, and told to the server", async () => {
    expect(await enablePush(server, browser.registration)).toBe("on");
    expect(server.target).toStrictEqual(registered("https://push.example.org/1"));
    expect(await enablePush(server, browser.registration, { preview: true })).toBe("on");
    expect(server.target).toStrictEqual({ ...registered("https://push.example.org/1"), preview: true });
    expect(browser.made).toBe(1);
  });

  test("[N1] a subscription under another key is replaced", async () => {
    const old = new FakeSubscription("https://push.example.org/old", OTHER_KEY);
    browser.subscription = old;
    await enablePush(server, browser.registration);
    expect(old.ended).toBe(true);
    expect(server.target).toStrictEqual(registered("https://push.example.org/1"));
  });

  test.each([
    ["denied", "denied"],
    ["default", "dismissed"],
  ] as const)("are not there where the user answered %s", async (answer, outcome) => {
    permission = answer;
    expect(await enablePush(server, browser.registration)).toBe(outcome);
    expect([browser.made, server.target]).toStrictEqual([0, null]);
  });

  test("are not there where the browser cannot", async () => {
    vi.stubGlobal("Notification", undefined);
    expect(canPush()).toBe(false);
    expect(await enablePush(server, browser.registration)).toBe("unsupported");
    expect(await refreshPush(server, browser.registration)).toBe(false);
  });

  test("[N1] end on both sides", async () => {
    await enablePush(server, browser.registration);
    await disablePush(server, browser.registration);
    expect(server.target).toBeNull();
    expect(browser.subscription?.ended).toBe(true);
    await disablePush(server, browser.registration);
  });

  test("[N3] are put right at the next start, where the server forgot or the browser renewed them", async () => {
    expect(await refreshPush(server, browser.registration)).toBe(false);
    await enablePush(server, browser.registration);
    server.target = null;
    expect(await refreshPush(server, browser.registration, { preview: true })).toBe(true);
    expect(server.target).toMatchObject({ endpoint: "https://push.example.org/1", preview: true });
    permission = "denied";
    expect(await refreshPush(server, browser.registration)).toBe(false);
  });

  test("[N3] are subscribed to anew where the browser ended a subscription", async () => {
    await enablePush(server, browser.registration, { preview: true });
    if (browser.subscription !== null) browser.subscription.ended = true;
    await renewPush(server, browser.registration);
    expect(server.target).toStrictEqual({ ...registered("https://push.example.org/2"), preview: true });
  });
});

describe("what a push carries", () => {
  test("[N2] is read where it is ours", () => {
    const notice = { v: 1, conversation: "d_x", seq: 3, unread: 1, badge: 2 };
    expect(readNotice(JSON.stringify(notice))).toStrictEqual(notice);
  });

  test.each([undefined, "", "null", "[]", "{", '{"v":2,"conversation":"d_x"}', '{"v":1}'])("%j is not", (text) => {
    expect(readNotice(text)).toBeUndefined();
  });
});
