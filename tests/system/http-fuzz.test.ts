/** Bodies and addresses made up at random, against the real service. */
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Session } from "../../protocol/index.ts";
import { call, problemIn, register, signIn, startDirect, type Answer } from "./support/http.ts";
import { startStack, type Stack } from "./support/stack.ts";

let stack: Stack;
let ada: Session;
let bob: Session;
let chat: string;

beforeAll(async () => {
  stack = await startStack({ vars: { PASSWORD_COST: "1024,8,1", SIGN_IN_RATE: "100000" } });
  [ada, bob] = await Promise.all([register(stack), register(stack)]);
  chat = await startDirect(stack, ada.accessToken, bob.user.id);
});
afterAll(() => stack?.stop());

const uuid = (n: number): string => `0193a000-0000-7000-8000-${n.toString(16).padStart(12, "0")}`;

describe("whatever comes", () => {
  const routes = (): readonly string[] => [
    "POST /v1/accounts",
    "POST /v1/sessions",
    "POST /v1/sessions/refresh",
    "PATCH /v1/me",
    "DELETE /v1/me",
    "POST /v1/conversations",
    `PATCH /v1/conversations/${chat}`,
    `PUT /v1/conversations/${chat}/members/${bob.user.id}`,
    `POST /v1/conversations/${chat}/entries`,
    `PUT /v1/conversations/${chat}/read`,
    `PUT /v1/conversations/${chat}/mute`,
  ];
  /** Names that mean something, with values of any kind: close enough to get past the first check. */
  const almost = fc.dictionary(
    fc.constantFrom(
      "handle",
      "password",
      "device",
      "refreshToken",
      "about",
      "privacy",
      "avatar",
      "kind",
      "user",
      "title",
      "members",
      "id",
      "body",
      "seq",
      "until",
      "role",
      "text",
    ),
    fc.oneof(
      fc.jsonValue(),
      fc.string({ unit: "binary" }),
      fc.constantFrom("direct", "group", "message", "edit", "admin", "everyone", chat, uuid(9)),
    ),
    { maxKeys: 6 },
  );
  const body = fc.oneof(
    almost.map((value) => JSON.stringify(value)),
    fc.json(),
    fc.string({ unit: "binary" }),
    fc.uint8Array({ maxLength: 200 }),
  );

  test("[H2] no body is ever answered with a failure, and none that is refused changes anything", async () => {
    const state = async () => {
      const [me, conversation] = await Promise.all([
        call(stack, "GET /v1/me", { token: ada.accessToken }),
        call(stack, `GET /v1/conversations/${chat}`, { token: ada.accessToken }),
      ]);
      return me.text + conversation.text;
    };
    let before = await state();
    const one = async (route: string, raw: string | Uint8Array<ArrayBuffer>): Promise<Answer> =>
      call(stack, route, { token: ada.accessToken, raw });
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...routes()), body, async (route, raw) => {
        const answer = await one(route, raw);
        expect(answer.status, `${route} ${answer.text}`).toBeLessThan(500);
        if (answer.status < 400) {
          before = await state();
          return;
        }
        problemIn(answer);
        expect(await state(), route).toBe(before);
      }),
      { numRuns: 300 },
    );
  }, 120_000);

  test("[H2] no address is ever answered with a failure", async () => {
    const segment = fc.oneof(
      fc.constantFrom(
        "v1",
        "me",
        "users",
        "conversations",
        "entries",
        "members",
        "devices",
        chat,
        ada.user.id,
        "%",
        "%zz",
        "..",
        "",
      ),
      fc.string({ unit: "binary", maxLength: 20 }).map((text) => encodeURIComponent(text.toWellFormed())),
    );
    const method = fc.constantFrom("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD");
    await fc.assert(
      fc.asyncProperty(method, fc.array(segment, { maxLength: 6 }), segment, async (verb, path, query) => {
        const route = `${verb} /v1/${path.join("/")}?limit=${query}&after=${query}`;
        // Signing out is right for DELETE of one's own sessions, and would end the test.
        fc.pre(!(verb === "DELETE" && (route.includes("/devices/") || route.includes("/sessions/"))));
        const { status } = await call(stack, route, { token: ada.accessToken });
        expect(status, route).toBeLessThan(500);
      }),
      { numRuns: 300 },
    );
  }, 120_000);

  test("[H2] the account is as it was after all of that", async () => {
    expect((await call(stack, "GET /v1/me", { token: ada.accessToken })).status).toBe(200);
    expect((await signIn(stack, ada.user.handle)).status).toBe(201);
  });
});
