/**
 * What operators ask: `/metrics`, the goodbye before a planned stop, and a conversation as it was. None of it is part of the
 * contract with clients, so none is in the OpenAPI document.
 */
import { Hono } from "hono";
import { z } from "zod";
import { ConversationId, MeridianError, UserId } from "../../protocol/index.ts";
import type { Edge, EdgeContext } from "../edge.ts";
import { readBody } from "../http/read-body.ts";
import { log } from "../log.ts";
import { userObject } from "../objects.ts";
import { drain } from "./drain.ts";
import { operatorsOnly } from "./gate.ts";
import { isolate } from "./isolate.ts";

const OPENMETRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8";
const LOOPBACK = new Set(["127.0.0.1", "localhost", "[::1]"]);
/** Users in one call, where they are named. */
const MAX_USERS = 10_000;
const MAX_BODY_BYTES = 1024 * 1024;

const Drain = z.object({
  /** Shown to clients in the frame. */
  reason: z.string().max(100).default("the server restarts"),
  /** Whom; by default everybody whose object lives in this isolate. */
  users: z.array(UserId).max(MAX_USERS).optional(),
});

const Restore = z.union([
  z.object({ conversation: ConversationId, at: z.int().positive() }),
  z.object({ conversation: ConversationId, bookmark: z.string().max(200) }),
]);

/** For members that a restore could not tell. */
const Rewound = z.object({ conversation: ConversationId, users: z.array(UserId).max(MAX_USERS) });

export const operations = new Hono<Edge>()
  .get("/metrics", async (c) => {
    if (!onThisMachine(c)) await operatorsOnly(c, c.env.METRICS_TOKEN);
    return c.body(isolate().text(), 200, { "Content-Type": OPENMETRICS });
  })
  .post("/v1/internal/drain", async (c) => {
    await operatorsOnly(c, c.env.OPERATIONS_TOKEN);
    const request = Drain.safeParse(parsed(await bodyOf(c)));
    if (!request.success) throw new MeridianError("invalid_request", "Send {reason?, users?}.");
    const { reason, users = isolate().liveUsers() } = request.data;
    const result = await drain(users, (user, withinMs) => userObject(c.env, user).goodbye(reason, withinMs));
    log("info", "drained", { requestId: c.get("requestId"), ...result });
    return c.json(result);
  })
  .post("/v1/internal/restore", async (c) => {
    await operatorsOnly(c, c.env.OPERATIONS_TOKEN);
    const request = Restore.safeParse(parsed(await bodyOf(c)));
    if (!request.success)
      throw new MeridianError("invalid_request", "Send {conversation, at} or {conversation, bookmark}.");
    const { conversation, ...to } = request.data;
    const { undo, members } = await c.env.CONVERSATION.getByName(conversation).restore(to);
    // Before it is told: only this leads back.
    log("warn", "conversation_restored", { requestId: c.get("requestId"), conversation, undo });
    return c.json({ undo, ...(await tell(c.env, members, conversation)) });
  })
  .post("/v1/internal/rewound", async (c) => {
    await operatorsOnly(c, c.env.OPERATIONS_TOKEN);
    const request = Rewound.safeParse(parsed(await bodyOf(c)));
    if (!request.success) throw new MeridianError("invalid_request", "Send {conversation, users}.");
    return c.json(await tell(c.env, request.data.users, request.data.conversation));
  });

/** Tells everybody whose devices hold another history. */
async function tell(env: EdgeContext["env"], members: readonly UserId[], conversation: ConversationId) {
  const { users, missed } = await drain(members, async (user) => {
    await userObject(env, user).rewound(conversation);
    return 0;
  });
  return { members: users, missed };
}

async function bodyOf(c: EdgeContext): Promise<string> {
  return new TextDecoder().decode(await readBody(c.req.raw, MAX_BODY_BYTES));
}

/** The body as JSON; none at all stands for the defaults. */
function parsed(body: string): unknown {
  if (body === "") return {};
  try {
    return JSON.parse(body) as unknown;
  } catch {
    throw new MeridianError("malformed_request", "The body is not JSON.");
  }
}

/**
 * A developer's own machine: the setting alone could be deployed by mistake, an address of the loopback cannot be asked
 * from elsewhere.
 */
function onThisMachine(c: EdgeContext): boolean {
  return c.env.REGION === "local" && LOOPBACK.has(new URL(c.req.url).hostname);
}
