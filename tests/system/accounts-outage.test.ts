/** [A6] against the real service while its real database is stopped, or hangs. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Session } from "../../protocol/index.ts";
import { startService, type Service } from "../../tools/dev/service.ts";
import { startAccounts, type Accounts } from "./support/accounts.ts";
import {
  call,
  DEVICE,
  newHandle,
  PASSWORD,
  problemIn,
  register,
  signIn,
  startDirect,
  type Answer,
} from "./support/http.ts";
import { upgrade } from "./support/upgrade.ts";

let folder: string;
let accounts: Accounts;
let service: Service;
let ada: Session;
let bob: Session;
let chat: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "meridian-outage-"));
  accounts = await startAccounts(join(folder, "accounts"));
  service = await startService({
    state: join(folder, "state"),
    accountsUrl: accounts.url,
    vars: { REGISTER_RATE: "1000000", SIGN_IN_RATE: "1000000", PASSWORD_COST: "1024,8,1" },
  });
  [ada, bob] = await Promise.all([register(service), register(service)]);
  chat = await startDirect(service, ada.accessToken, bob.user.id);
});
afterAll(async () => {
  await service?.stop();
  await accounts?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Calls until the answer is one that is waited for; the service recovers by itself, at a time of its own. */
async function until(wanted: number, ask: () => Promise<{ status: number }>): Promise<void> {
  while ((await ask()).status !== wanted) await new Promise((resolve) => setTimeout(resolve, 50));
}

const ready = () => call(service, "GET /readyz");
let sent = 0;
const send = (token: string) =>
  call(service, `POST /v1/conversations/${chat}/entries`, {
    token,
    body: { id: `0193a000-0000-7000-8000-${String(++sent).padStart(12, "0")}`, kind: "message", body: { text: "on" } },
  });

/** Every call that needs the database. */
const needing = (): (() => Promise<Answer>)[] => [
  () => signIn(service, ada.user.handle),
  () => signIn(service, newHandle()),
  () => call(service, "POST /v1/accounts", { body: { handle: newHandle(), password: PASSWORD, device: DEVICE } }),
  () => call(service, "GET /v1/me", { token: ada.accessToken }),
  () => call(service, "PATCH /v1/me", { token: ada.accessToken, body: { about: "lost" } }),
  () => call(service, `GET /v1/users/${bob.user.id}`, { token: ada.accessToken }),
  () => call(service, `GET /v1/users?handle=${bob.user.handle}`, { token: ada.accessToken }),
  () => call(service, "DELETE /v1/me", { token: ada.accessToken, body: { password: PASSWORD } }),
];

async function everythingElseGoesOn(): Promise<void> {
  const { refreshToken } = ada;
  const refreshed = await call(service, "POST /v1/sessions/refresh", { body: { refreshToken } });
  expect(refreshed.status).toBe(200);
  ada = refreshed.json() as Session;
  const token = ada.accessToken;
  expect((await send(token)).status).toBe(201);
  const page = await call(service, `GET /v1/conversations/${chat}/entries?limit=1`, { token: bob.accessToken });
  expect(page.json()).toMatchObject({ head: sent, entries: [{ seq: sent }] });
  expect((await upgrade(service, ["meridian.v1", `bearer.${token}`])).status).toBe(101);
  for (const route of [
    "GET /v1/conversations",
    "GET /v1/me/devices",
    "GET /v1/me/blocks",
    "GET /healthz",
    "GET /.well-known/jwks.json",
  ]) {
    expect((await call(service, route, { token })).status, route).toBe(200);
  }
}

describe.each([
  ["stopped", () => accounts.stop(), () => accounts.start()],
  ["frozen", async () => accounts.signal("SIGSTOP"), async () => accounts.signal("SIGCONT")],
] as const)("with the accounts database %s", (_state, breakIt, mendIt) => {
  test("[A6] what needs it says so, all else goes on, and it recovers by itself", async () => {
    await breakIt();
    try {
      // Enough failures to open the breaker.
      for (let i = 0; i < 3; i++)
        expect(problemIn(await signIn(service, ada.user.handle)).code).toBe("accounts_unavailable");
      for (const ask of needing()) {
        const answer = await ask();
        const problem = problemIn(answer);
        expect(problem).toMatchObject({ status: 503, code: "accounts_unavailable" });
        expect(problem.retryAfterMs).toBeGreaterThan(0);
        expect(Number(answer.headers.get("Retry-After"))).toBeGreaterThan(0);
      }
      const unready = problemIn(await ready());
      expect(unready).toMatchObject({ status: 503, code: "accounts_unavailable" });
      expect(unready.detail).toContain("npm start");
      await everythingElseGoesOn();
    } finally {
      await mendIt();
    }
    await until(200, ready);
    expect((await signIn(service, ada.user.handle)).status).toBe(201);
    expect((await call(service, "GET /v1/me", { token: ada.accessToken })).json()).toStrictEqual(ada.user);
    await register(service);
  }, 60_000);
});

test("[A6] once the breaker is open, a database that hangs is not waited for", async () => {
  accounts.signal("SIGSTOP");
  const time = async (): Promise<number> => {
    const started = performance.now();
    expect(problemIn(await signIn(service, ada.user.handle)).code).toBe("accounts_unavailable");
    return performance.now() - started;
  };
  try {
    // Together, so that the breaker cannot be open for any of them.
    const waited = await Promise.all([time(), time(), time()]);
    const refused = [await time(), await time(), await time()];
    expect(Math.max(...refused)).toBeLessThan(Math.min(...waited) / 4);
  } finally {
    accounts.signal("SIGCONT");
  }
  await until(200, ready);
});
