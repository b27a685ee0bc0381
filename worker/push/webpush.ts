/** Web Push: encrypted to the browser (RFC 8291), so that the push service in between reads nothing. */
import { encryptNotification } from "@block65/webcrypto-web-push";
import { assertEndpoint } from "./endpoint.ts";
import { answerOf, type Provider, type ProviderPorts } from "./provider.ts";
import { Vapid, type VapidKeys } from "./vapid.ts";

/**
 * Pushes to browsers.
 *
 * @param allowLocal whether push services on this machine are called: for development and tests only
 */
export function webPush(keys: VapidKeys, allowLocal: boolean, { fetch, clock }: ProviderPorts): Provider {
  const vapid = new Vapid(keys);
  return async ({ target, notice, ttl, topic }, signal) => {
    if (target.kind !== "webpush") return { result: "refused", status: 0 };
    // Checked again: what was registered under other settings is not called under these.
    assertEndpoint(target.endpoint, allowLocal);
    const subscription = { endpoint: target.endpoint, expirationTime: null, keys: target.keys };
    const body = await encryptNotification(subscription, new TextEncoder().encode(JSON.stringify(notice)));
    const response = await fetch(target.endpoint, {
      method: "POST",
      redirect: "manual",
      signal,
      body: Uint8Array.from(body),
      headers: {
        Authorization: await vapid.authorization(new URL(target.endpoint).origin, clock()),
        TTL: String(ttl),
        Urgency: "high",
        Topic: topic,
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
      },
    });
    await response.body?.cancel();
    return answerOf(response, clock());
  };
}
