/** `/openapi.json`, and `/docs` to browse it. */
import { Hono } from "hono";
import { secureHeaders } from "hono/secure-headers";
import type { OpenAPIHono } from "@hono/zod-openapi";
import type { Edge } from "../edge.ts";
import { describe } from "../openapi/document.ts";

/** Files of `swagger-ui-dist` that the web build puts among the assets, under the same path. */
const ASSETS: Readonly<Record<string, string>> = {
  "swagger-ui.css": "text/css; charset=utf-8",
  "swagger-ui-bundle.js": "text/javascript; charset=utf-8",
};

const PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>Meridian API</title>
    <link rel="stylesheet" href="/docs/swagger-ui.css" />
    <link rel="icon" href="data:," />
  </head>
  <body>
    <main id="docs"></main>
    <script src="/docs/swagger-ui-bundle.js"></script>
    <script src="/docs/start.js"></script>
  </body>
</html>
`;

const START = `SwaggerUIBundle({ url: "/openapi.json", dom_id: "#docs", deepLinking: true, validatorUrl: null });\n`;

/** The page runs only what this host serves. Swagger UI writes style attributes and draws its icons from data: URLs. */
const browsable = secureHeaders({
  contentSecurityPolicy: {
    defaultSrc: ["'none'"],
    scriptSrc: ["'self'"],
    styleSrc: ["'self'", "'unsafe-inline'"],
    imgSrc: ["'self'", "data:"],
    fontSrc: ["'self'", "data:"],
    connectSrc: ["'self'"],
    baseUri: ["'none'"],
    formAction: ["'none'"],
    frameAncestors: ["'none'"],
  },
});

/** Routes that describe the application they are part of. */
export function docs(app: OpenAPIHono<Edge>): Hono<Edge> {
  let document: { readonly version: string; readonly text: string } | undefined;
  return new Hono<Edge>()
    .get("/openapi.json", (c) => {
      const version = c.env.VERSION;
      if (document?.version !== version) document = { version, text: JSON.stringify(describe(app, version)) };
      return c.body(document.text, 200, { "Content-Type": "application/json", "Cache-Control": "public, max-age=300" });
    })
    .use("/docs/*", browsable)
    .get("/docs", (c) => c.html(PAGE))
    .get("/docs/", (c) => c.redirect("/docs", 308))
    .get("/docs/start.js", (c) => c.body(START, 200, { "Content-Type": "text/javascript; charset=utf-8" }))
    .get("/docs/:file", async (c) => {
      const type = ASSETS[c.req.param("file")];
      // A service that runs without the web page has no assets.
      const assets: Fetcher | undefined = c.env.ASSETS;
      if (type === undefined || assets === undefined) return c.notFound();
      const asset = await assets.fetch(new URL(c.req.path, c.req.url));
      // Where the build left it out, the page of the web application comes instead.
      if (!asset.ok || !asset.headers.get("Content-Type")?.startsWith(type.split(";", 1)[0] ?? type))
        return c.notFound();
      return c.body(asset.body ?? "", 200, { "Content-Type": type, "Cache-Control": "public, max-age=3600" });
    });
}
