/**
 * Ways from the edge to the objects. A stub is made per call: one that saw an error of the platform keeps failing.
 */
import type { LimiterRpc } from "../durable-objects/limiter/rpc.ts";
import type { PushRpc } from "../durable-objects/rpc/push.ts";
import type { UserForEdge } from "../durable-objects/rpc/user.ts";
import type { UserId } from "../protocol/index.ts";
import type { Bindings } from "./edge.ts";

/** A User object as the edge sees it; `fetch` takes WebSocket upgrades. */
export type UserStub = UserForEdge & PushRpc & Pick<Fetcher, "fetch">;

/**
 * The object of a user. Nothing is sent before the first call.
 *
 * @param near where to make the object if this is the first call ever; it never moves afterwards
 */
export function userObject(env: Bindings, user: UserId, near?: DurableObjectLocationHint): UserStub {
  return env.USER.getByName(user, near === undefined ? {} : { locationHint: near });
}

/** The object that counts for one name. */
export function limiterObject(env: Bindings, name: string): LimiterRpc {
  return env.LIMITER.getByName(name);
}
