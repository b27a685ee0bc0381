/** `npm run serve`: the built service straight on the Workers runtime, for benchmarks and drills. */
import { buildWeb, holdWeb } from "./build-web.ts";
import { runCrons } from "./crons.ts";
import { Refusal, runMain } from "./refusal.ts";
import { runService } from "./run.ts";
import { startRuntime } from "./runtime.ts";
import { makeSecrets, OPTIONAL_SECRETS } from "./secrets.ts";
import { bundleWorker } from "./worker-bundle.ts";

const LEVELS = ["debug", "info", "log", "warn", "error"];

await runMain(() =>
  runService("npm run serve", "the built Meridian straight on the Workers runtime.", async (context) => {
    const { options, port, state, env } = context;
    const [bundle, web] = await Promise.all([bundleWorker(), options.web ? page() : null]);
    const names = [...Object.keys(bundle.options.bindings), ...Object.keys(makeSecrets()), ...OPTIONAL_SECRETS];
    const bindings = names.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]]));
    // For profiles: not among the settings of operators.
    const inspectorPort = env["MERIDIAN_INSPECTOR_PORT"];
    const least = LEVELS.indexOf(env["MERIDIAN_LOG"] ?? "log");
    const runtime = await startRuntime(bundle, {
      host: options.host,
      port,
      folder: state.runtime,
      bindings: Object.fromEntries(bindings) as Record<string, string>,
      web,
      inspectorPort: inspectorPort === undefined ? undefined : Number(inspectorPort),
      onLog(level, line) {
        if (LEVELS.indexOf(level) < least) return;
        (level === "error" || level === "warn" ? process.stderr : process.stdout).write(`${line}\n`);
      },
    });
    if (runtime.inspector !== undefined) console.log(`Inspector at ${runtime.inspector.href}`);
    const letWebGo = web === null ? (): void => undefined : holdWeb(web);
    let stopCrons = (): void => undefined;
    return {
      // A runtime that dies is started again by its own supervisor.
      ended: new Promise(() => undefined),
      onReady: () => {
        stopCrons = runCrons(runtime.url.href, bundle.options.cronTriggers, console.error);
      },
      onSlow: () => console.error("Not ready yet."),
      async stop() {
        stopCrons();
        await runtime.stop();
        letWebGo();
      },
    };
  }),
);

async function page(): Promise<string> {
  try {
    return await buildWeb();
  } catch (error) {
    throw new Refusal(`The web page does not build: ${error instanceof Error ? error.message : String(error)}`);
  }
}
