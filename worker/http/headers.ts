/**
 * Headers that every answer has. A WebSocket's 101 is passed through untouched: its headers cannot be changed.
 */
import { cors } from "hono/cors";
import { createMiddleware } from "hono/factory";
import { secureHeaders } from "hono/secure-headers";
import type { Edge } from "../edge.ts";

/** Any page may call the API: a caller proves itself with a bearer token, and no cookie is ever set or read. */
export const crossOrigin = cors({
  origin: "*",
  allowMethods: ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"],
  allowHeaders: ["Authorization", "Content-Type", "X-Request-Id"],
  exposeHeaders: ["Retry-After", "WWW-Authenticate", "X-Request-Id"],
  maxAge: 86_400,
});

const strict = secureHeaders({
  crossOriginResourcePolicy: "cross-origin",
  xFrameOptions: "DENY",
  contentSecurityPolicy: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
  // For browsers that are gone.
  xDownloadOptions: false,
  xPermittedCrossDomainPolicies: false,
  xXssProtection: false,
  // For pages, which these answers are not.
  crossOriginOpenerPolicy: false,
  originAgentCluster: false,
  xDnsPrefetchControl: false,
  // What a handler set itself stays: the documentation page needs scripts and styles.
  overwrite: false,
});

/** Secure defaults, and no caching unless a handler says otherwise. */
export const secure = createMiddleware<Edge>(async (c, next) => {
  if (isUpgrade(c.req.header("Upgrade"))) return next();
  await strict(c, next);
  if (!c.res.headers.has("Cache-Control")) c.res.headers.set("Cache-Control", "no-store");
});

/** True where the request asks for a WebSocket. */
export function isUpgrade(header: string | undefined): boolean {
  return header?.toLowerCase() === "websocket";
}
