/** The HTTP side of the contract against the real service: errors, bodies, tokens and what is hidden. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Session } from "../../protocol/index.ts";
import { call, problemIn, register, startDirect } from "./support/http.ts";
import { startStack, type Stack } from "./support/stack.ts";

let stack: Stack;
let ada: Session;
let bob: Session;
let eve: Session;
/** Of Ada and Bob; Eve must not know of it. */
let chat: string;

beforeAll(async () => {
  stack = await startStack({ vars: { PASSWORD_COST: "1024,8,1" } });
  [ada, bob, eve] = await Promise.all([register(stack), register(stack), register(stack)]);
  chat = await startDirect(stack, ada.accessToken, bob.user.id);
});
afterAll(() => stack?.stop());

const uuid = (n: number): string => `0193a000-0000-7000-8000-${n.toString(16).padStart(12, "0")}`;

describe("errors", () => {
  test.each([
    ["an unknown address", "GET /v1/nothing", 404, "not_found"],
    ["an address below a known one", "GET /v1/me/nothing", 404, "not_found"],
    ["a wrong method", "PUT /v1/accounts", 405, "method_not_allowed"],
    ["no token", "GET /v1/me", 401, "invalid_token"],
    ["a malformed body", "POST /v1/sessions", 400, "malformed_request"],
  ])("[H1] %s is a problem with a stable code", async (_what, route, status, code) => {
    const problem = problemIn(await call(stack, route));
    expect(problem).toMatchObject({ status, code, type: `urn:meridian:problem:${code}` });
    expect(problem.title.length).toBeGreaterThan(0);
    expect(problem.detail.length).toBeGreaterThan(0);
  });

  test("[H1] a wrong method is told the right ones", async () => {
    const { headers } = await call(stack, "POST /v1/me");
    expect(headers.get("Allow")?.split(", ").toSorted()).toStrictEqual(["DELETE", "GET", "HEAD", "PATCH"]);
  });

  test("[H1] a wrong shape is told path by path", async () => {
    const body = { handle: "no spaces", device: { name: 7, platform: "node" } };
    const problem = problemIn(await call(stack, "POST /v1/accounts", { body }));
    expect(problem.errors?.map(({ path }) => path).toSorted()).toStrictEqual(["device.name", "handle", "password"]);
  });

  test("every answer has a request id, and takes the caller's where it is one", async () => {
    const given = await call(stack, "GET /healthz", { headers: { "X-Request-Id": "mine-7" } });
    expect(given.headers.get("X-Request-Id")).toBe("mine-7");
    const made = await call(stack, "GET /v1/nothing", { headers: { "X-Request-Id": "no spaces, please" } });
    expect(made.headers.get("X-Request-Id")).toMatch(/^[\w-]{20,}$/);
  });

  test("no answer may be cached, sniffed, framed or run as a page", async () => {
    for (const route of ["GET /v1/me", "GET /healthz", "GET /v1/nothing"]) {
      const { headers } = await call(stack, route);
      expect(headers.get("Cache-Control")).toBe("no-store");
      expect(headers.get("X-Content-Type-Options")).toBe("nosniff");
      expect(headers.get("X-Frame-Options")).toBe("DENY");
      expect(headers.get("Content-Security-Policy")).toContain("default-src 'none'");
    }
  });

  test("a page from anywhere may call, and read what it needs", async () => {
    const asked = { Origin: "https://elsewhere.example", "Access-Control-Request-Method": "PATCH" };
    const preflight = await call(stack, "OPTIONS /v1/me", { headers: asked });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get("Access-Control-Allow-Origin")).toBe("*");
    expect(preflight.headers.get("Access-Control-Allow-Methods")).toContain("PATCH");
    expect(preflight.headers.get("Access-Control-Allow-Headers")).toContain("Authorization");
    const { headers } = await call(stack, "GET /v1/me", { headers: { Origin: "https://elsewhere.example" } });
    expect(headers.get("Access-Control-Allow-Origin")).toBe("*");
    expect(headers.get("Access-Control-Expose-Headers")).toContain("Retry-After");
    expect(headers.get("Access-Control-Allow-Credentials")).toBeNull();
  });
});

describe("bodies", () => {
  const entries = () => `POST /v1/conversations/${chat}/entries`;
  const big = (bytes: number) => JSON.stringify({ handle: "x".repeat(bytes) });
  /** Comes in chunks, so that no header announces its length. */
  const chunked = (chunks: number) =>
    new ReadableStream({
      pull(controller) {
        if (chunks-- > 0) controller.enqueue(new Uint8Array(16_384).fill(32));
        else controller.close();
      },
    });

  test.each([
    ["nothing", () => ""],
    ["half of it", () => '{"handle":"a'],
    ["no JSON", () => "handle=ada"],
    ["JSON and more", () => "{} {}"],
    ["no UTF-8", () => Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x7d)],
    ["half a surrogate pair", () => String.raw`{"handle":"\ud83d"}`],
    ["half a surrogate pair in a key", () => String.raw`{"\ude00":1}`],
    ["a page of brackets", () => "[".repeat(60_000)],
  ])("[H2] %s is malformed_request", async (_what, raw) => {
    expect(problemIn(await call(stack, "POST /v1/accounts", { raw: raw() })).code).toBe("malformed_request");
  });

  test.each(["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "nonsense"])(
    "[H2] JSON called %s is malformed_request",
    async (type) => {
      const options = { raw: "{}", headers: { "Content-Type": type } };
      expect(problemIn(await call(stack, "POST /v1/accounts", options)).code).toBe("malformed_request");
    },
  );

  test.each([
    ["null", null],
    ["a list", []],
    ["a text", "text"],
    ["a number", 7],
    ["wrong types", { handle: 7, password: {}, device: [] }],
    ["__proto__", JSON.parse('{"__proto__":{"handle":"ada"}}') as unknown],
  ])("[H2] %s instead of an object is invalid_request", async (_what, body) => {
    expect(problemIn(await call(stack, "POST /v1/accounts", { body })).code).toBe("invalid_request");
  });

  test("[H2] nesting as deep as a body can be is invalid_request", async () => {
    const raw = "[".repeat(32_000) + "]".repeat(32_000);
    expect(problemIn(await call(stack, "POST /v1/accounts", { raw })).code).toBe("invalid_request");
  });

  test("[H2] whatever its headers say, a body that is too large is payload_too_large", async () => {
    for (const raw of [big(70_000), big(3_000_000), chunked(64)]) {
      const problem = problemIn(await call(stack, "POST /v1/accounts", { raw }));
      expect(problem).toMatchObject({ status: 413, code: "payload_too_large" });
    }
  });

  test("[H2] an entry may be larger than other bodies, up to its own limit [E5]", async () => {
    const send = (n: number, bytes: number) => {
      const ciphertext = "A".repeat(bytes);
      return call(stack, entries(), {
        token: ada.accessToken,
        body: { id: uuid(n), kind: "sealed", body: { ciphertext } },
      });
    };
    expect((await send(1, 200_000)).status).toBe(201);
    expect(problemIn(await send(2, 300_000)).code).toBe("payload_too_large");
    expect(problemIn(await send(3, 600_000)).code).toBe("payload_too_large");
  });

  test("[E5] a text that is too long is too large, not misshapen", async () => {
    const body = { id: uuid(4), kind: "message", body: { text: "x".repeat(8_193) } };
    expect(problemIn(await call(stack, entries(), { token: ada.accessToken, body })).code).toBe("payload_too_large");
  });

  test("a body that may be left out may be left out", async () => {
    const route = `PUT /v1/conversations/${chat}/members/${eve.user.id}`;
    const bare = problemIn(await call(stack, route, { token: ada.accessToken }));
    const empty = await call(stack, route, {
      token: ada.accessToken,
      raw: "",
      headers: { "Content-Type": "application/json" },
    });
    // A direct chat takes no members: what counts here is that the request got as far as that.
    expect(bare.code).toBe("forbidden");
    expect(problemIn(empty).code).toBe("forbidden");
  });

  test("an unknown field is ignored", async () => {
    const answer = await call(stack, "PATCH /v1/me", {
      token: eve.accessToken,
      body: { about: "hello", colour: "blue" },
    });
    expect(answer.status).toBe(200);
    expect(answer.json()).toMatchObject({ about: "hello" });
    expect(answer.text).not.toContain("blue");
  });
});

describe("addresses and queries", () => {
  test.each(["%zz", "%", "%00", "..%2f..", "a%20b", "%F0%9F%98%80", "x".repeat(81), "%c3%28", "'--", "u_1;drop"])(
    "[H4] no id can be %j: not_found",
    async (id) => {
      for (const route of [
        "GET /v1/users/",
        "GET /v1/conversations/",
        "DELETE /v1/me/devices/",
        "PUT /v1/me/blocks/",
      ]) {
        expect(problemIn(await call(stack, route + id, { token: ada.accessToken })).code, route).toBe("not_found");
      }
    },
  );

  test.each([
    "GET /v1/conversations?limit=0",
    "GET /v1/conversations?limit=201",
    "GET /v1/conversations?limit=abc",
    "GET /v1/conversations?limit=1&limit=2",
    "GET /v1/conversations?cursor=",
    "GET /v1/conversations?cursor=a%20b",
    "GET /v1/users",
    "GET /v1/users?handle=",
  ])("[H2] %s is invalid_request", async (route) => {
    expect(problemIn(await call(stack, route, { token: ada.accessToken })).code).toBe("invalid_request");
  });

  test.each(["?after=-1", "?after=1.5", "?before=x", "?after=1&before=2", "?limit=201", "?after=9007199254740993"])(
    "[H2] a page %s is invalid_request",
    async (query) => {
      const route = `GET /v1/conversations/${chat}/entries${query}`;
      expect(problemIn(await call(stack, route, { token: ada.accessToken })).code).toBe("invalid_request");
    },
  );

  test("[H2] to hide an entry one must say for whom", async () => {
    const route = `DELETE /v1/conversations/${chat}/entries/1`;
    for (const query of ["", "?for=everyone"]) {
      expect(problemIn(await call(stack, route + query, { token: ada.accessToken })).code).toBe("invalid_request");
    }
  });

  test("a cursor that nobody handed out is no failure", async () => {
    for (const cursor of ["x", "0", "-", "9".repeat(80), "u_1"]) {
      const { status } = await call(stack, `GET /v1/conversations?cursor=${cursor}`, { token: ada.accessToken });
      expect([200, 404, 422]).toContain(status);
    }
  });
});

describe("tokens", () => {
  interface Description {
    readonly paths: Record<string, Record<string, { readonly security?: readonly unknown[] }>>;
  }

  test("[H3] every route that is described as wanting a token is refused without a valid one", async () => {
    const { paths } = (await call(stack, "GET /openapi.json")).json() as Description;
    const routes = Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { security }]) => ({
        route: `${method.toUpperCase()} ${path.replaceAll(/\{\w+\}/g, "1")}`,
        closed: security !== undefined,
      })),
    );
    const closed = routes.filter((route) => route.closed && !route.route.endsWith("/v1/socket"));
    expect(closed.length).toBeGreaterThan(20);
    for (const { route } of closed) {
      for (const authorization of [undefined, "Bearer", "Bearer nonsense", `Basic ${ada.accessToken}`]) {
        const answer = await call(
          stack,
          route,
          authorization === undefined ? {} : { headers: { Authorization: authorization } },
        );
        expect(problemIn(answer), route).toMatchObject({ status: 401, code: "invalid_token" });
        expect(answer.headers.get("WWW-Authenticate"), route).toBe("Bearer");
      }
    }
  });

  test("[H4] to whom it is none of their business, a conversation that exists is as one that does not", async () => {
    const routes = (id: string): [string, unknown?][] => [
      [`GET /v1/conversations/${id}`],
      [`PATCH /v1/conversations/${id}`, { title: "mine" }],
      [`GET /v1/conversations/${id}/members`],
      [`PUT /v1/conversations/${id}/members/${eve.user.id}`, {}],
      [`PUT /v1/conversations/${id}/members/u_nobody`, {}],
      [`DELETE /v1/conversations/${id}/members/${ada.user.id}`],
      [`POST /v1/conversations/${id}/entries`, { id: uuid(5), kind: "message", body: { text: "hello" } }],
      [`GET /v1/conversations/${id}/entries`],
      [`PUT /v1/conversations/${id}/read`, { seq: 1 }],
      [`PUT /v1/conversations/${id}/mute`, { until: null }],
      [`GET /v1/conversations/${id}/receipts?seq=1`],
      [`DELETE /v1/conversations/${id}/entries/1?for=me`],
    ];
    const unknown = routes(`${chat.slice(0, -4)}zzzz`);
    for (const [index, [route, body]] of routes(chat).entries()) {
      const existing = await call(stack, route, { token: eve.accessToken, body });
      const missing = await call(stack, unknown[index]?.[0] ?? "", { token: eve.accessToken, body });
      expect(problemIn(existing), route).toMatchObject({ status: 404, code: "not_found" });
      expect(missing.text, route).toBe(existing.text);
    }
  });
});

describe("the log over HTTP", () => {
  test("[S4] a retried send answers the first seq, with 200 instead of 201", async () => {
    const send = () =>
      call(stack, `POST /v1/conversations/${chat}/entries`, {
        token: bob.accessToken,
        body: { id: uuid(6), kind: "message", body: { text: "once" } },
      });
    const first = await send();
    expect(first.status).toBe(201);
    expect(first.json()).toMatchObject({ conversation: chat, id: uuid(6) });
    const again = await send();
    expect(again.status).toBe(200);
    expect(again.json()).toStrictEqual({ ...(first.json() as object), duplicate: true });
  });

  test("what was sent is in the page", async () => {
    const answer = await call(stack, `GET /v1/conversations/${chat}/entries?limit=1`, { token: ada.accessToken });
    expect(answer.headers.get("Content-Type")).toBe("application/json");
    expect(answer.json()).toMatchObject({ entries: [{ id: uuid(6), body: { text: "once" } }], more: true });
  });
});
