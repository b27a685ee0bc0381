import type { SessionGrant } from "../../durable-objects/rpc/user.ts";
import type { Session } from "../../protocol/index.ts";
import type { Bindings } from "../edge.ts";
import { tokensOf } from "./tokens.ts";

/** Completes what a User object granted with an access token, which only the edge can sign [A2]. */
export async function sessionOf(
  env: Bindings,
  { user, device, refreshToken }: SessionGrant,
  now: number,
): Promise<Session> {
  const token = await tokensOf(env).sign(user.id, device.id, now);
  return { user, device, ...token, refreshToken };
}
