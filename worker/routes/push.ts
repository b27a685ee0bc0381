/** `/v1/me/push`: where the caller's device wants its notifications [N1, N2]. */
import { createRoute, OpenAPIHono } from "@hono/zod-openapi";
import { MeridianError, PushState, PushTarget } from "../../protocol/index.ts";
import { identified } from "../auth/caller.ts";
import type { Edge } from "../edge.ts";
import { jsonBody } from "../http/body.ts";
import { userObject } from "../objects.ts";
import { body, BODY, json, nothing, signedInProblems, Tag, withBearer } from "../openapi/describe.ts";
import { assertSubscription } from "../push/endpoint.ts";
import { allowsLocal, providerFor } from "../push/providers.ts";
import { vapidKeys } from "../push/vapid.ts";

const read = createRoute({
  method: "get",
  path: "/v1/me/push",
  operationId: "pushState",
  tags: [Tag.me],
  summary: "The key to subscribe with, and what is registered for this device",
  security: withBearer,
  middleware: [identified] as const,
  responses: { 200: json(PushState, "`publicKey` is the `applicationServerKey` of Web Push."), ...signedInProblems() },
});

const set = createRoute({
  method: "put",
  path: "/v1/me/push",
  operationId: "setPush",
  tags: [Tag.me],
  summary: "Push to this device",
  description: "With `preview` a push may carry the text of a message; without it never does.",
  security: withBearer,
  middleware: [identified, ...jsonBody] as const,
  request: { body: body(PushTarget) },
  responses: { 204: nothing("From now on, here and nowhere else."), ...signedInProblems(...BODY) },
});

const end = createRoute({
  method: "delete",
  path: "/v1/me/push",
  operationId: "endPush",
  tags: [Tag.me],
  summary: "No longer push to this device",
  security: withBearer,
  middleware: [identified] as const,
  responses: { 204: nothing("No more pushes."), ...signedInProblems() },
});

export const push = new OpenAPIHono<Edge>()
  .openapi(read, async (c) => {
    const { user, device } = c.get("caller");
    const target = await userObject(c.env, user).push("get", { device });
    const registered = target === null ? null : { kind: target.kind, preview: target.preview ?? false };
    return c.json({ publicKey: vapidKeys(c.env.VAPID_KEYS).publicKey, registered }, 200);
  })
  .openapi(set, async (c) => {
    const { user, device } = c.get("caller");
    const target = c.req.valid("json");
    if (target.kind === "webpush") await assertSubscription(target, allowsLocal(c.env));
    // Its tokens mean something to the operator's gateway only.
    if (target.kind === "webhook" && providerFor("webhook", c.env) === undefined) {
      throw new MeridianError("invalid_request", "This service has no gateway of its own.", {
        violations: [{ path: "kind", message: "is not offered here" }],
      });
    }
    await userObject(c.env, user).push("set", { device, target });
    return c.body(null, 204);
  })
  .openapi(end, async (c) => {
    const { user, device } = c.get("caller");
    await userObject(c.env, user).push("set", { device, target: null });
    return c.body(null, 204);
  });
