/**
 * What every route and middleware of the edge can rely on.
 */
import type { Context } from "hono";
import type { Caller } from "../protocol/access-token.ts";

/** Bindings, variables and secrets, as wrangler.toml declares them. */
export type Bindings = Env;

export interface Variables {
  requestId: string;
  /** Whose access token came with the request; set by `auth/caller.ts`. */
  caller: Caller;
}

export interface Edge {
  Bindings: Bindings;
  Variables: Variables;
}

export type EdgeContext = Context<Edge>;
