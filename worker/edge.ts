/**
 * What every route and middleware of the edge can rely on.
 */
import type { Context } from "hono";
import type { Caller } from "../protocol/access-token.ts";

/** Bindings of wrangler.toml, and what may be set beside them. */
export interface Bindings extends Env {
  /** `N,r,p` of scrypt, where the default costs too much: see `accounts/password.ts`. */
  readonly PASSWORD_COST?: string;
}

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
