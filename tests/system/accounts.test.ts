/** Accounts against the real service and its real database: registration, sign-in, profiles, erasure. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient } from "@libsql/client/web";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { User, type Session } from "../../protocol/index.ts";
import { startService, type Service } from "../../tools/dev/service.ts";
import { hashPassword } from "../../worker/accounts/password.ts";
import { startAccounts, type Accounts } from "./support/accounts.ts";
import { call, DEVICE, newHandle, PASSWORD, problemIn, register, signIn, startDirect } from "./support/http.ts";

const CHEAP = { N: 1024, r: 8, p: 1 };

let folder: string;
let accounts: Accounts;
let service: Service;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "meridian-accounts-"));
  accounts = await startAccounts(join(folder, "accounts"));
  service = await startService({
    state: join(folder, "state"),
    accountsUrl: accounts.url,
    vars: { REGISTER_RATE: "1000000", SIGN_IN_RATE: "5", PASSWORD_COST: "1024,8,1" },
  });
});
afterAll(async () => {
  await service?.stop();
  await accounts?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Statements on the database itself, past the service. */
async function sql(statement: string, args: (string | number)[] = []): Promise<Record<string, unknown>[]> {
  const client = createClient({ url: accounts.url });
  const { rows } = await client.execute({ sql: statement, args });
  return rows.map((row) => ({ ...row }));
}

const registration = (change: object) => ({ handle: newHandle(), password: PASSWORD, device: DEVICE, ...change });
const tryRegister = (change: object) => call(service, "POST /v1/accounts", { body: registration(change) });

describe("registration", () => {
  test("[A1] makes an account, a first device and its tokens", async () => {
    const handle = newHandle();
    const answer = await tryRegister({ handle, displayName: "Ada Lovelace" });
    expect(answer.status).toBe(201);
    const { user, device } = answer.json() as Session;
    expect(user).toMatchObject({ handle, displayName: "Ada Lovelace", about: "", avatar: null });
    expect(user.id).toMatch(/^u_[A-Za-z0-9_-]+$/);
    expect(device).toMatchObject({ ...DEVICE, current: true });
    expect(device.id).toMatch(/^dev_/);
  });

  test("[A1] a handle is lower-cased, and names the account without a display name", async () => {
    const handle = newHandle();
    const { user } = await register(service, handle.toUpperCase());
    expect(user).toMatchObject({ handle, displayName: handle });
    expect((await signIn(service, handle.toUpperCase())).status).toBe(201);
  });

  test.each(["ab", "x".repeat(33), "with space", "dash-ed", "ünder", "a/b", "", "..\u0000"])(
    "[A1] %j is no handle",
    async (handle) => {
      const problem = problemIn(await tryRegister({ handle }));
      expect(problem).toMatchObject({ status: 422, errors: [{ path: "handle" }] });
    },
  );

  test.each(["abc", "x".repeat(32), "a.b_c.9", "..."])("[A1] %j is one", async (handle) => {
    await sql("DELETE FROM accounts WHERE handle = ?", [handle]);
    expect((await tryRegister({ handle })).status).toBe(201);
  });

  test("[A1] a password has 8 to 256 characters", async () => {
    for (const length of [0, 7, 257]) {
      const problem = problemIn(await tryRegister({ password: "x".repeat(length) }));
      expect(problem).toMatchObject({ status: 422, errors: [{ path: "password" }] });
    }
    for (const length of [8, 256]) expect((await tryRegister({ password: "x".repeat(length) })).status).toBe(201);
  });

  test("[A1] a taken handle is handle_taken, in any case", async () => {
    const { user } = await register(service);
    for (const handle of [user.handle, user.handle.toUpperCase()]) {
      expect(problemIn(await tryRegister({ handle }))).toMatchObject({ status: 409, code: "handle_taken" });
    }
  });

  test("[A1] of many registrations of one handle at once, one wins", async () => {
    const handle = newHandle();
    const answers = await Promise.all(Array.from({ length: 8 }, () => tryRegister({ handle })));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(7);
    expect(await sql("SELECT id FROM accounts WHERE handle = ?", [handle])).toHaveLength(1);
  });

  test("keeps no password, only a salted hash with its cost", async () => {
    const [one, two] = await Promise.all([register(service), register(service)]);
    const rows = await sql("SELECT * FROM accounts WHERE id IN (?, ?)", [one.user.id, two.user.id]);
    expect(rows).toHaveLength(2);
    for (const row of rows) expect(row["password_hash"]).toMatch(/^\$scrypt\$ln=10,r=8,p=1\$/);
    expect(rows[0]?.["password_hash"]).not.toBe(rows[1]?.["password_hash"]);
    expect(JSON.stringify(rows)).not.toContain(PASSWORD);
  });
});

describe("sign-in", () => {
  test("adds a device", async () => {
    const first = await register(service);
    const second = (await signIn(service, first.user.handle)).json() as Session;
    expect(second.user).toStrictEqual(first.user);
    expect(second.device.id).not.toBe(first.device.id);
  });

  test("[A4] an unknown handle and a wrong password are answered alike", async () => {
    const { user } = await register(service);
    const wrong = await signIn(service, user.handle, "another password");
    const unknown = await signIn(service, newHandle(), "another password");
    const impossible = await signIn(service, "not a handle at all", "x");
    expect(problemIn(wrong)).toMatchObject({ status: 401, code: "invalid_credentials" });
    expect(unknown.text).toBe(wrong.text);
    expect(impossible.text).toBe(wrong.text);
  });

  test("[A4] repeated failures are slowed, for known and unknown handles, and only theirs", async () => {
    const [{ user }, other] = await Promise.all([register(service), register(service)]);
    for (const handle of [user.handle, newHandle()]) {
      // All at once: no number of them may slip past the limit together.
      const answers = await Promise.all(Array.from({ length: 12 }, () => signIn(service, handle, "another password")));
      expect(answers.filter(({ status }) => status === 401)).toHaveLength(5);
      expect(answers.filter(({ status }) => status === 429)).toHaveLength(7);
    }
    const limited = await signIn(service, user.handle);
    const problem = problemIn(limited);
    expect(problem.code).toBe("rate_limited");
    expect(problem.retryAfterMs).toBeGreaterThan(0);
    expect(Number(limited.headers.get("Retry-After"))).toBe(Math.ceil((problem.retryAfterMs ?? 0) / 1000));
    expect((await signIn(service, other.user.handle)).status).toBe(201);
  });

  test("[A4] signing in rightly is no failure, however often", async () => {
    const { user } = await register(service);
    for (let i = 0; i < 8; i++) expect((await signIn(service, user.handle)).status).toBe(201);
  });

  test("completes a registration that was cut off, and renews a hash of another cost", async () => {
    const [id, handle] = ["u_cut_off_in_the_middle", newHandle()];
    const hash = await hashPassword(PASSWORD, { ...CHEAP, N: 2048 });
    await sql(
      "INSERT INTO accounts (id, handle, password_hash, display_name, created_at, updated_at) VALUES (?, ?, ?, ?, 1, 1)",
      [id, handle, hash, "Cut Off"],
    );
    const answer = await signIn(service, handle);
    expect(answer.status).toBe(201);
    expect((answer.json() as Session).user).toMatchObject({ id, handle, displayName: "Cut Off" });
    const [row] = await sql("SELECT password_hash FROM accounts WHERE id = ?", [id]);
    expect(row?.["password_hash"]).toMatch(/^\$scrypt\$ln=10,r=8,p=1\$/);
    expect((await signIn(service, handle)).status).toBe(201);
  });
});

describe("profiles", () => {
  test("the owner sees and changes its own", async () => {
    const { user, accessToken: token } = await register(service);
    expect((await call(service, "GET /v1/me", { token })).json()).toStrictEqual(user);
    const patch = {
      displayName: " New Name ",
      about: "Gone",
      avatar: "data:image/png;base64,AA",
      privacy: { lastSeen: "nobody" },
    };
    const changed = User.parse((await call(service, "PATCH /v1/me", { token, body: patch })).json());
    expect(changed).toStrictEqual({ ...user, ...patch, displayName: "New Name" });
    expect((await call(service, "GET /v1/me", { token })).json()).toStrictEqual(changed);
    const partly = await call(service, "PATCH /v1/me", { token, body: { avatar: null } });
    expect(partly.json()).toStrictEqual({ ...changed, avatar: null });
  });

  test("a refresh knows of the change", async () => {
    const { accessToken: token, refreshToken } = await register(service);
    await call(service, "PATCH /v1/me", { token, body: { displayName: "Renamed" } });
    const { user } = (await call(service, "POST /v1/sessions/refresh", { body: { refreshToken } })).json() as Session;
    expect(user.displayName).toBe("Renamed");
  });

  test.each([
    {},
    { displayName: "" },
    { displayName: "x".repeat(65) },
    { about: 7 },
    { privacy: { lastSeen: "some" } },
    { handle: "other" },
  ])("[H2] %j is no change", async (body) => {
    const { accessToken: token } = await register(service);
    expect(problemIn(await call(service, "PATCH /v1/me", { token, body })).code).toBe("invalid_request");
  });

  test("others find it by id and by handle, and see only what is public", async () => {
    const [{ user }, { accessToken: token }] = await Promise.all([register(service), register(service)]);
    const { id, handle, displayName, about, avatar } = user;
    for (const route of [
      `GET /v1/users/${id}`,
      `GET /v1/users?handle=${handle}`,
      `GET /v1/users?handle=${handle.toUpperCase()}`,
    ]) {
      expect((await call(service, route, { token })).json()).toStrictEqual({ id, handle, displayName, about, avatar });
    }
  });

  test("[H4] whom there is not is not_found", async () => {
    const { accessToken: token } = await register(service);
    for (const route of [
      "GET /v1/users/u_nobody",
      `GET /v1/users?handle=${newHandle()}`,
      "GET /v1/users?handle=no%20handle",
    ]) {
      expect(problemIn(await call(service, route, { token })).code).toBe("not_found");
    }
  });
});

describe("erasure", () => {
  test("wants the right password, and counts the wrong ones", async () => {
    const { accessToken: token, user } = await register(service);
    const erase = (password: string) => call(service, "DELETE /v1/me", { token, body: { password } });
    for (let i = 0; i < 5; i++)
      expect(problemIn(await erase("another password"))).toMatchObject({ status: 403, code: "forbidden" });
    expect(problemIn(await erase(PASSWORD)).code).toBe("rate_limited");
    expect((await call(service, "GET /v1/me", { token })).json()).toStrictEqual(user);
  });

  test("takes the account and all of its sessions, and frees the handle", async () => {
    const [ada, bob] = await Promise.all([register(service), register(service)]);
    const second = (await signIn(service, ada.user.handle)).json() as Session;
    await startDirect(service, ada.accessToken, bob.user.id);
    const erased = await call(service, "DELETE /v1/me", { token: ada.accessToken, body: { password: PASSWORD } });
    expect(erased.status).toBe(204);

    expect(await sql("SELECT id FROM accounts WHERE id = ?", [ada.user.id])).toStrictEqual([]);
    for (const { accessToken: token, refreshToken } of [ada, second]) {
      expect((await call(service, "GET /v1/conversations", { token })).status).toBe(401);
      expect((await call(service, "POST /v1/sessions/refresh", { body: { refreshToken } })).status).toBe(401);
    }
    expect(problemIn(await signIn(service, ada.user.handle)).code).toBe("invalid_credentials");
    const { accessToken: token } = bob;
    expect(problemIn(await call(service, `GET /v1/users/${ada.user.id}`, { token })).code).toBe("not_found");
    const next = await register(service, ada.user.handle);
    expect(next.user.id).not.toBe(ada.user.id);
  });

  test("that was cut off is finished by asking again, or else by the schedule", async () => {
    const [ada, bob] = await Promise.all([register(service), register(service)]);
    // As a crash leaves it right after the first step.
    await sql("UPDATE accounts SET erasing_at = 1 WHERE id IN (?, ?)", [ada.user.id, bob.user.id]);
    const carol = await register(service);
    for (const { user } of [ada, bob]) {
      expect(problemIn(await signIn(service, user.handle)).code).toBe("invalid_credentials");
      const found = await call(service, `GET /v1/users/${user.id}`, { token: carol.accessToken });
      expect(problemIn(found).code).toBe("not_found");
    }
    const again = await call(service, "DELETE /v1/me", {
      token: ada.accessToken,
      body: { password: "whatever it was" },
    });
    expect(again.status).toBe(204);
    expect(await sql("SELECT id FROM accounts WHERE id = ?", [ada.user.id])).toStrictEqual([]);

    expect(await sql("SELECT id FROM accounts WHERE id = ?", [bob.user.id])).toHaveLength(1);
    await fetch(new URL("/cdn-cgi/local/scheduled?cron=*/15+*+*+*+*", service.url));
    expect(await sql("SELECT id FROM accounts WHERE id = ?", [bob.user.id])).toStrictEqual([]);
    expect((await call(service, "GET /v1/conversations", { token: bob.accessToken })).status).toBe(401);
    expect((await call(service, "GET /v1/me", { token: carol.accessToken })).status).toBe(200);
  });
});
