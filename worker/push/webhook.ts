/**
 * The operator's own gateway, for what is no push service: e-mail, text messages. Signed as Standard Webhooks
 * (standardwebhooks.com) describe it, so that the gateway can check with any of their libraries that it was us.
 */
import { z } from "zod";
import { answerOf, type Provider, type ProviderPorts } from "./provider.ts";

/** The secret `PUSH_WEBHOOK`: the gateway's address, and the key that it shares with us (`whsec_` and base64). */
export const WebhookKey = z.object({ url: z.url(), key: z.string().min(32) });
export type WebhookKey = z.infer<typeof WebhookKey>;

const encoder = new TextEncoder();

export function webhook({ url, key: text }: WebhookKey, { fetch, clock }: ProviderPorts): Provider {
  let key: Promise<CryptoKey> | undefined;
  return async ({ target, notice, ttl, topic }, signal) => {
    if (target.kind !== "webhook") return { result: "refused", status: 0 };
    key ??= importKey(text);
    const body = JSON.stringify({ type: "message.pushed", address: target.token, ttl, topic, notice });
    // The same for every attempt: the gateway may drop what it has seen.
    const id = `${topic}.${notice.seq}`;
    const timestamp = String(Math.floor(clock() / 1000));
    const signature = await crypto.subtle.sign("HMAC", await key, encoder.encode(`${id}.${timestamp}.${body}`));
    const response = await fetch(url, {
      method: "POST",
      redirect: "manual",
      signal,
      body,
      headers: {
        "Content-Type": "application/json",
        "webhook-id": id,
        "webhook-timestamp": timestamp,
        "webhook-signature": `v1,${btoa(String.fromCharCode(...new Uint8Array(signature)))}`,
      },
    });
    await response.body?.cancel();
    // 404 may be a gateway that is being deployed; only 410 says that the address is gone.
    return response.status === 404 ? { result: "retry", afterMs: undefined } : answerOf(response, clock());
  };
}

function importKey(text: string): Promise<CryptoKey> {
  const bytes = Uint8Array.from(atob(text.replace(/^whsec_/, "")), (char) => char.charCodeAt(0));
  return crypto.subtle.importKey("raw", bytes, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
}
