/** `npm start`: the whole service for development, with `wrangler dev` and everything it needs. */
import { once } from "node:events";
import { stopChild } from "./accounts-server.ts";
import { runMain } from "./refusal.ts";
import { runService } from "./run.ts";
import { startWrangler } from "./wrangler-dev.ts";

const STOP_MS = 5_000;

await runMain(() =>
  runService("npm start", "Meridian on this machine, reloading when its source changes.", async (context) => {
    const { options, port, state, env } = context;
    const wrangler = startWrangler({ host: options.host, port, state, env });
    const ended = once(wrangler.child, "close").then(() => `wrangler dev ended by itself:\n${wrangler.log().trim()}`);
    return {
      ended,
      onReady: () => wrangler.show(),
      onSlow: () => {
        console.error(`Not ready yet. What wrangler says:\n${wrangler.log()}`);
        wrangler.show();
      },
      stop: () => stopChild(wrangler.child, STOP_MS),
    };
  }),
);
