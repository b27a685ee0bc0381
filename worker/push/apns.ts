/** Apple Push Notification service, with a signing key (no certificates). */
import { importPKCS8, SignJWT } from "jose";
import { z } from "zod";
import { answerOf, firstBytes, type Provider, type ProviderPorts } from "./provider.ts";

/** The secret `APNS_KEY`. `topic` is the bundle id of the app; `privateKey` the .p8 file's text. */
export const ApnsKey = z.object({
  keyId: z.string().min(1),
  teamId: z.string().min(1),
  privateKey: z.string().min(1),
  topic: z.string().min(1),
  /** True: the service for development builds. */
  sandbox: z.boolean().optional(),
});
export type ApnsKey = z.infer<typeof ApnsKey>;

/** Apple wants the token to be between 20 and 60 minutes old. */
const REUSE_MS = 40 * 60_000;

export function apns(key: ApnsKey, { fetch, clock }: ProviderPorts): Provider {
  const host = key.sandbox === true ? "api.sandbox.push.apple.com" : "api.push.apple.com";
  let held: { readonly token: Promise<string>; readonly since: number } | undefined;
  const token = (now: number): Promise<string> => {
    if (held === undefined || held.since + REUSE_MS < now) held = { token: sign(key, now), since: now };
    return held.token;
  };
  return async ({ target, notice, ttl, topic }, signal) => {
    if (target.kind !== "apns") return { result: "refused", status: 0 };
    const now = clock();
    const alert =
      notice.text === undefined
        ? { "loc-key": "meridian.message" }
        : { ...(notice.title === undefined ? {} : { title: notice.title }), body: notice.text };
    const payload = {
      aps: { alert, badge: notice.badge, sound: "default", "thread-id": topic, "mutable-content": 1 },
      meridian: notice,
    };
    const response = await fetch(`https://${host}/3/device/${encodeURIComponent(target.token)}`, {
      method: "POST",
      redirect: "manual",
      signal,
      body: JSON.stringify(payload),
      headers: {
        Authorization: `bearer ${await token(now)}`,
        "apns-topic": key.topic,
        "apns-push-type": "alert",
        "apns-priority": "10",
        "apns-expiration": String(Math.floor(now / 1000) + ttl),
        "apns-collapse-id": topic,
      },
    });
    const reason = await firstBytes(response);
    if (response.status === 400 && /BadDeviceToken|DeviceTokenNotForTopic/.test(reason)) return { result: "gone" };
    if (response.status === 403 && reason.includes("ExpiredProviderToken")) {
      held = undefined;
      return { result: "retry", afterMs: undefined };
    }
    return response.status === 404 ? { result: "refused", status: 404 } : answerOf(response, clock());
  };
}

async function sign({ keyId, teamId, privateKey }: ApnsKey, now: number): Promise<string> {
  return new SignJWT()
    .setProtectedHeader({ alg: "ES256", kid: keyId })
    .setIssuer(teamId)
    .setIssuedAt(Math.floor(now / 1000))
    .sign(await importPKCS8(privateKey, "ES256"));
}
