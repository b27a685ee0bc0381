/**
 * Notifications in a browser that has none: the tests' headless Chromium subscribes nobody and shows nothing. What it
 * lacks is put in its place, at the edge of the browser; pushes are real, and are handed to the worker as Chromium would.
 */
import type { BrowserContext, CDPSession, Page, Worker } from "@playwright/test";
import type { Subscription } from "../../system/support/push-service.ts";

/** A notification as the worker asked for it. */
export interface ShownNotification {
  readonly title: string;
  readonly options: {
    readonly tag: string;
    readonly body: string;
    readonly renotify: boolean;
    readonly actions: readonly { readonly action: string }[];
  };
}

interface Screen {
  readonly shown: Map<string, ShownNotification>;
  readonly opened: string[];
  badge: number;
}

/** Before the page's own scripts: a browser whose user is asked, says yes, and is subscribed. */
export async function fakeSubscribing(context: BrowserContext, subscription: Subscription): Promise<void> {
  await context.addInitScript((given) => {
    // A page is left and comes back; the browser stays subscribed.
    const held = (): boolean => localStorage.getItem("test.subscribed") === "yes";
    const answered = (): boolean => localStorage.getItem("test.permission") === "granted";
    Object.defineProperty(Notification, "permission", { get: () => (answered() ? "granted" : "default") });
    Notification.requestPermission = async () => {
      localStorage.setItem("test.permission", "granted");
      return "granted";
    };
    let key: ArrayBuffer | undefined;
    const made = (): object => ({
      options: { applicationServerKey: key },
      toJSON: () => ({ endpoint: given.endpoint, keys: given.keys }),
      unsubscribe: async () => {
        localStorage.removeItem("test.subscribed");
        return true;
      },
    });
    Object.assign(PushManager.prototype, {
      getSubscription: async () => (held() ? made() : null),
      subscribe: async ({ applicationServerKey: text }: { applicationServerKey: string }) => {
        const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
        key = Uint8Array.from(binary, (char) => char.charCodeAt(0)).buffer;
        localStorage.setItem("test.subscribed", "yes");
        return made();
      },
    });
  }, subscription);
}

/** The service worker of a browser's pages, and what it put on the screen. */
export class WorkerScreen {
  readonly #worker: Worker;
  readonly #devtools: CDPSession;
  readonly #registration: string;
  readonly #origin: string;

  private constructor(worker: Worker, devtools: CDPSession, registration: string) {
    this.#worker = worker;
    this.#devtools = devtools;
    this.#registration = registration;
    this.#origin = new URL(worker.url()).origin;
  }

  /** @param page of the app; it may go elsewhere later */
  static async of(page: Page): Promise<WorkerScreen> {
    await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
    const [worker] = page.context().serviceWorkers();
    if (worker === undefined) throw new Error("The page has no service worker.");
    const devtools = await page.context().newCDPSession(page);
    const { promise, resolve } = Promise.withResolvers<string>();
    devtools.on("ServiceWorker.workerRegistrationUpdated", ({ registrations }) => {
      const [first] = registrations;
      if (first !== undefined) resolve(first.registrationId);
    });
    await devtools.send("ServiceWorker.enable");
    await worker.evaluate(putScreen);
    return new WorkerScreen(worker, devtools, await promise);
  }

  /** A push that the browser got. Resolves when the worker has it, not when it is done with it. */
  async deliver(text: string): Promise<void> {
    const push = { origin: this.#origin, registrationId: this.#registration, data: text };
    await this.#devtools.send("ServiceWorker.deliverPushMessage", push);
  }

  shown(): Promise<readonly ShownNotification[]> {
    return this.#worker.evaluate(() => [...(globalThis as unknown as { screen: Screen }).screen.shown.values()]);
  }

  /** Addresses that the worker opened windows for. */
  opened(): Promise<readonly string[]> {
    return this.#worker.evaluate(() => (globalThis as unknown as { screen: Screen }).screen.opened);
  }

  /** The number on the app's icon. */
  badge(): Promise<number> {
    return this.#worker.evaluate(() => (globalThis as unknown as { screen: Screen }).screen.badge);
  }

  /** The user clicks the one notification on the screen. Resolves when the worker is done with it. */
  async click(action = "", reply: string | null = null): Promise<void> {
    await this.#worker.evaluate(
      async ([wanted, typed]) => {
        const [held] = (
          globalThis as unknown as { screen: { shown: Map<string, { options: { tag: string } }> } }
        ).screen.shown.values();
        const registration = (globalThis as unknown as { registration: ServiceWorkerRegistration }).registration;
        const [notification] = await registration.getNotifications({ tag: held?.options.tag ?? "none" });
        if (notification === undefined) throw new Error("There is no notification to click.");
        // An event of a script cannot be extended by the browser: it is waited for here.
        let work: Promise<unknown> = Promise.resolve();
        const waitUntil = (more: Promise<unknown>): void => void (work = more);
        const event = new Event("notificationclick");
        dispatchEvent(Object.assign(event, { notification, action: wanted, reply: typed, waitUntil }));
        await work;
      },
      [action, reply] as const,
    );
  }
}

/** Runs in the worker. */
function putScreen(): void {
  const scope = globalThis as unknown as {
    screen: Screen;
    registration: ServiceWorkerRegistration;
    clients: { openWindow(url: string): Promise<unknown> };
    WindowClient: { prototype: object };
  };
  const screen: Screen = { shown: new Map(), opened: [], badge: 0 };
  scope.screen = screen;
  // The headless browser ends a worker that asks for a badge.
  Object.assign(navigator, { setAppBadge: async (count: number) => void (screen.badge = count) });
  Object.defineProperty(Notification, "maxActions", { get: () => 2 });
  Object.assign(scope.registration, {
    showNotification: async (title: string, options: ShownNotification["options"]) => {
      screen.shown.set(options.tag, { title, options });
    },
    getNotifications: async () =>
      [...screen.shown.values()].map(({ title, options }) => ({
        ...options,
        title,
        close: () => screen.shown.delete(options.tag),
      })),
  });
  // Every page of a test has the focus, as far as the browser knows.
  Object.defineProperty(scope.WindowClient.prototype, "focused", { get: () => false });
  scope.clients.openWindow = async (url) => {
    screen.opened.push(url);
    return null;
  };
}
