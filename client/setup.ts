/**
 * From options to an engine: ports with their defaults, storage and tabs as the runtime allows. What a runtime does not
 * need is not even loaded.
 */
import type { ConversationId } from "../protocol/ids.ts";
import { identityCodec } from "./codec.ts";
import { systemClock } from "./clock.ts";
import type { Engine } from "./engine/api.ts";
import { LocalEngine } from "./engine/local.ts";
import type { LocalOptions } from "./engine/local-options.ts";
import { errorOf } from "./errors.ts";
import { globalFetch, globalPlatform, globalSocket } from "./platform.ts";
import { fixedRegion, type Regions } from "./regions/regions.ts";
import type { Storage } from "./storage/storage.ts";
import type { TabPorts } from "./tabs/messages.ts";
import type { MeridianOptions } from "./types/options.ts";

/** The first address, for before it is known which is the nearest. */
export function firstUrl({ url }: MeridianOptions): string {
  const first = typeof url === "string" ? url : url[0];
  if (first === undefined || !/^https?:\/\/./.test(first)) {
    throw errorOf("invalid_request", "`url` must be the address of a server, or a list of them: https://…");
  }
  return first.replace(/\/+$/, "");
}

export async function startEngine(options: MeridianOptions): Promise<Engine> {
  const name = options.name ?? "meridian";
  const inBrowser = typeof indexedDB !== "undefined";
  const storage = options.storage ?? (await defaultStorage(inBrowser, name));
  const start = async () => LocalEngine.start(await localOptions(options, storage));
  const ports = tabPorts(options, name, inBrowser);
  if (ports === null) return start();
  const { SharedEngine } = await import("./tabs/shared.ts");
  return SharedEngine.join({
    ...ports,
    name,
    start,
    clock: options.clock ?? systemClock,
    platform: options.platform ?? globalPlatform,
  });
}

/** Null where this instance shares with nobody. */
function tabPorts({ tabs, storage }: MeridianOptions, name: string, inBrowser: boolean): TabPorts | null {
  if (typeof tabs === "object") return tabs;
  const can = typeof navigator !== "undefined" && "locks" in navigator && typeof BroadcastChannel !== "undefined";
  if (!(tabs ?? (can && inBrowser && storage === undefined))) return null;
  if (!can) throw errorOf("invalid_request", "This runtime has no Web Locks or no BroadcastChannel.");
  return { locks: navigator.locks, channel: new BroadcastChannel(`meridian:${name}`) };
}

async function localOptions(options: MeridianOptions, storage: Storage): Promise<LocalOptions> {
  const clock = options.clock ?? systemClock;
  const fetch = options.fetch ?? globalFetch;
  let verifier: LocalOptions["verifier"];
  if (options.verifyChains === true) {
    const { chainVerifier } = await import("./verify/chains.ts");
    verifier = (diverged: (conversation: ConversationId, seq: number) => void) => chainVerifier(diverged);
  }
  return {
    storage,
    clock,
    fetch,
    regions: await regionsOf(options, clock, fetch),
    random: options.random ?? Math.random,
    platform: options.platform ?? globalPlatform,
    socket: options.socket ?? globalSocket,
    codec: options.codec ?? identityCodec,
    autoConnect: options.autoConnect ?? true,
    verifier,
  };
}

async function regionsOf(
  options: MeridianOptions,
  clock: LocalOptions["clock"],
  fetch: LocalOptions["fetch"],
): Promise<Regions> {
  const { url } = options;
  if (typeof url === "string" || url.length === 1) return fixedRegion(firstUrl(options));
  const { NearestRegion } = await import("./regions/nearest.ts");
  return new NearestRegion({ urls: url, clock, fetch });
}

async function defaultStorage(inBrowser: boolean, name: string): Promise<Storage> {
  if (inBrowser) {
    const { IndexedDbStorage } = await import("./storage/indexeddb.ts");
    return new IndexedDbStorage(name);
  }
  const { MemoryStorage } = await import("./storage/memory.ts");
  return new MemoryStorage();
}
