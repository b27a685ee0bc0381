/** Which ways of pushing this deployment has: those whose secrets it was given. */
import type { z } from "zod";
import { MeridianError, type PushKind } from "../../protocol/index.ts";
import type { Bindings } from "../edge.ts";
import { apns, ApnsKey } from "./apns.ts";
import { fcm, ServiceAccount } from "./fcm.ts";
import type { Provider, ProviderPorts } from "./provider.ts";
import { vapidKeys } from "./vapid.ts";
import { webhook, WebhookKey } from "./webhook.ts";
import { webPush } from "./webpush.ts";

/** Secrets that a deployment may do without: wrangler.toml names those that it may not. */
export interface OptionalSecrets {
  readonly FCM_SERVICE_ACCOUNT?: string;
  readonly APNS_KEY?: string;
  readonly PUSH_WEBHOOK?: string;
}
export type PushBindings = Pick<Bindings, "VAPID_KEYS" | "PUSH_ALLOW_LOCAL"> & OptionalSecrets;

const makers: Record<PushKind, (env: PushBindings, ports: ProviderPorts) => Provider | undefined> = {
  webpush: (env, ports) => webPush(vapidKeys(env.VAPID_KEYS), allowsLocal(env), ports),
  fcm: (env, ports) => made(env.FCM_SERVICE_ACCOUNT, ServiceAccount, (account) => fcm(account, ports)),
  apns: (env, ports) => made(env.APNS_KEY, ApnsKey, (key) => apns(key, ports)),
  webhook: (env, ports) => made(env.PUSH_WEBHOOK, WebhookKey, (key) => webhook(key, ports)),
};

const platform: ProviderPorts = { fetch: (url, init) => fetch(url, init), clock: Date.now };
const held = new Map<PushKind, { readonly settings: string; readonly provider: Provider | undefined }>();

/**
 * A way of pushing, made once per isolate so that what it signed is used again.
 *
 * @returns undefined where this deployment has no secret for it
 * @throws MeridianError `unavailable` where a secret is malformed
 */
export function providerFor(kind: PushKind, env: PushBindings): Provider | undefined {
  const settings = [env.VAPID_KEYS, env.PUSH_ALLOW_LOCAL, env.FCM_SERVICE_ACCOUNT, env.APNS_KEY, env.PUSH_WEBHOOK].join(
    "\n",
  );
  const known = held.get(kind);
  if (known?.settings === settings) return known.provider;
  const provider = makers[kind](env, platform);
  held.set(kind, { settings, provider });
  return provider;
}

/** Whether push services on this machine are called: never in staging or production. */
export function allowsLocal({ PUSH_ALLOW_LOCAL: setting }: Pick<PushBindings, "PUSH_ALLOW_LOCAL">): boolean {
  return setting === "1";
}

function made<Schema extends z.ZodType>(
  text: string | undefined,
  schema: Schema,
  make: (secret: z.infer<Schema>) => Provider,
): Provider | undefined {
  if (text === undefined || text === "") return undefined;
  const secret = schema.safeParse(jsonOf(text));
  // What is wrong with it is not said: a report would quote it.
  if (!secret.success) throw new MeridianError("unavailable", "A secret of a push provider does not have its form.");
  return make(secret.data);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
