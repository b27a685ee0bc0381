/** `/v1/me/devices`: where the caller is signed in. */
import { createRoute, OpenAPIHono } from "@hono/zod-openapi";
import { DeviceList } from "../../protocol/index.ts";
import { signedIn } from "../auth/caller.ts";
import type { Edge } from "../edge.ts";
import { userObject } from "../objects.ts";
import { json, nothing, Path, signedInProblems, Tag, withBearer } from "../openapi/describe.ts";

const list = createRoute({
  method: "get",
  path: "/v1/me/devices",
  operationId: "devices",
  tags: [Tag.me],
  summary: "The devices that are signed in",
  security: withBearer,
  middleware: [signedIn] as const,
  responses: { 200: json(DeviceList, "All of them, the caller's own marked."), ...signedInProblems() },
});

const revoke = createRoute({
  method: "delete",
  path: "/v1/me/devices/{id}",
  operationId: "revokeDevice",
  tags: [Tag.me],
  summary: "Sign a device out",
  security: withBearer,
  middleware: [signedIn] as const,
  request: { params: Path.device },
  responses: {
    204: nothing("Signed out: its tokens are dead, its socket closes with 4403."),
    ...signedInProblems("not_found"),
  },
});

export const devices = new OpenAPIHono<Edge>()
  .openapi(list, async (c) => {
    const { user, device } = c.get("caller");
    return c.json({ devices: await userObject(c.env, user).devices(device) }, 200);
  })
  .openapi(revoke, async (c) => {
    const { id } = c.req.valid("param");
    await userObject(c.env, c.get("caller").user).revokeDevice(id);
    return c.body(null, 204);
  });
