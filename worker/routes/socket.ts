/** `GET /v1/socket`: checks who is calling, then hands the upgrade to the caller's User object [W1]. */
import { createRoute, OpenAPIHono } from "@hono/zod-openapi";
import { SOCKET_HEADERS } from "../../durable-objects/rpc/user.ts";
import type { Caller } from "../../protocol/access-token.ts";
import { codeOf, MeridianError, SUBPROTOCOL } from "../../protocol/index.ts";
import { bearerOf, offerOf } from "../auth/bearer.ts";
import { tokensOf } from "../auth/tokens.ts";
import type { Edge } from "../edge.ts";
import { isUpgrade } from "../http/headers.ts";
import { userObject } from "../objects.ts";
import { nothing, signedInProblems, Tag, withBearer } from "../openapi/describe.ts";

const upgrade = createRoute({
  method: "get",
  path: "/v1/socket",
  operationId: "socket",
  tags: [Tag.socket],
  summary: "Open the WebSocket",
  description:
    "Subprotocol `meridian.v1`. The access token is the `Authorization` header or, where a client cannot set headers, a " +
    "second offered subprotocol `bearer.<access token>`. Any origin may connect: the token, which no browser sends by " +
    "itself, is all that counts.",
  security: withBearer,
  responses: { 101: nothing("The socket is open: say hello."), ...signedInProblems("unsupported_protocol") },
});

export const socket = new OpenAPIHono<Edge>().openapi(upgrade, async (c) => {
  if (!isUpgrade(c.req.header("Upgrade"))) {
    throw new MeridianError("unsupported_protocol", "This address speaks WebSocket: send Upgrade: websocket.");
  }
  const offer = offerOf(c.req.header("Sec-WebSocket-Protocol"));
  const token = bearerOf(c.req.header("Authorization")) ?? offer.token;
  if (token === undefined) {
    throw new MeridianError(
      "invalid_token",
      "Send an access token: as Authorization, or as subprotocol bearer.<token>.",
    );
  }
  const caller = await tokensOf(c.env).verify(token);
  c.set("caller", caller);
  if (!offer.speaksMeridian) {
    throw new MeridianError("unsupported_protocol", `Offer the subprotocol ${SUBPROTOCOL}.`);
  }
  const response = await userObject(c.env, caller.user).fetch(handOver(c.req.raw, caller));
  if (response.status !== 101) throw await refusalOf(response);
  return response;
});

/** Why the object refused, such as `device_revoked`. */
async function refusalOf(response: Response): Promise<MeridianError> {
  const refusal: { code?: unknown; message?: unknown } = await response.json();
  return new MeridianError(codeOf(refusal), typeof refusal.message === "string" ? refusal.message : "Refused.");
}

/** The upgrade with the caller as verified here, and without the token, which ends at the edge. */
function handOver(request: Request, { user, device, expiresAt }: Caller): Request {
  const headers = new Headers(request.headers);
  headers.delete("Authorization");
  headers.set("Sec-WebSocket-Protocol", SUBPROTOCOL);
  headers.set(SOCKET_HEADERS.user, user);
  headers.set(SOCKET_HEADERS.device, device);
  headers.set(SOCKET_HEADERS.expiresAt, String(expiresAt));
  return new Request(request, { headers });
}
