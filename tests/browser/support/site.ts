/** The page's files as a host serves them, and deploys of them. Without a service behind it: nobody can sign in. */
import { once } from "node:events";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join } from "node:path";

const TYPES: Record<string, string> = {
  ".css": "text/css",
  ".html": "text/html",
  ".js": "text/javascript",
  ".svg": "image/svg+xml",
  ".webmanifest": "application/manifest+json",
};

/** Contents of files by their addresses. */
export type Files = ReadonlyMap<string, Buffer>;

export interface Site {
  readonly url: string;
  /** How often the page itself was asked for. */
  readonly visits: () => number;
  /** Serves these files from now on. */
  deploy(files: Files): void;
  close(): Promise<void>;
}

/** The files of a build. */
export function filesOf(folder: string): Files {
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => !name.endsWith(".map"));
  const files = names.filter((name) => statSync(join(folder, name)).isFile());
  return new Map(files.map((name) => [name === "index.html" ? "/" : `/${name}`, readFileSync(join(folder, name))]));
}

/** The same page as if its source had changed: its main script has another name, its service worker another version. */
export function nextVersion(files: Files, name: string): Files {
  const main = mainOf(files);
  return new Map(
    [...files].map(([path, content]): [string, Buffer] => {
      if (!/^\/$|\.js$/.test(path)) return [path, content];
      const text = content.toString().replaceAll(main.slice(1), `assets/main-${name}.js`);
      const own = text.replaceAll(main.slice("/assets/".length), `main-${name}.js`);
      const versioned = path === "/sw.js" ? own.replace(/"version":"[^"]+"/, `"version":"${name}"`) : own;
      return [path === main ? `/assets/main-${name}.js` : path, Buffer.from(versioned)];
    }),
  );
}

/** Address of the main script. */
export function mainOf(files: Files): string {
  for (const path of files.keys()) if (/^\/assets\/main-.*\.js$/.test(path)) return path;
  throw new Error("The page has no main script.");
}

/** Starts a host. What it does not have it answers with the page, as the service does. */
export async function startSite(first: Files): Promise<Site> {
  let files = first;
  let visits = 0;
  const server = createServer(({ url = "/" }, response) => {
    const { pathname } = new URL(url, "http://site");
    const path = files.has(pathname) ? pathname : "/";
    if (pathname === "/") visits += 1;
    response.setHeader("Content-Type", TYPES[path === "/" ? ".html" : extname(path)] ?? "application/octet-stream");
    response.end(files.get(path));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    visits: () => visits,
    deploy: (next) => void (files = next),
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
