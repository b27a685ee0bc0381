/** Firebase Cloud Messaging, HTTP v1: a data message, which the app turns into a notification. */
import { importPKCS8, SignJWT } from "jose";
import { z } from "zod";
import { answerOf, firstBytes, type Provider, type ProviderPorts } from "./provider.ts";

/** The secret `FCM_SERVICE_ACCOUNT`: the JSON that Google gives out for a service account. */
export const ServiceAccount = z.object({
  project_id: z.string().min(1),
  client_email: z.string().min(1),
  private_key: z.string().min(1),
});
export type ServiceAccount = z.infer<typeof ServiceAccount>;

const TOKEN_URL = "https://oauth2.googleapis.com/token";
const SCOPE = "https://www.googleapis.com/auth/firebase.messaging";
const LIFE_S = 3_600;
const MARGIN_MS = 5 * 60_000;

export function fcm(account: ServiceAccount, ports: ProviderPorts): Provider {
  const { fetch, clock } = ports;
  const access = new AccessToken(account, ports);
  const url = `https://fcm.googleapis.com/v1/projects/${encodeURIComponent(account.project_id)}/messages:send`;
  return async ({ target, notice, ttl, topic }, signal) => {
    if (target.kind !== "fcm") return { result: "refused", status: 0 };
    const message = {
      token: target.token,
      data: { meridian: JSON.stringify(notice) },
      android: { priority: "high", ttl: `${ttl}s`, collapse_key: topic },
    };
    const response = await fetch(url, {
      method: "POST",
      redirect: "manual",
      signal,
      headers: { Authorization: `Bearer ${await access.get(signal)}`, "Content-Type": "application/json" },
      body: JSON.stringify({ message }),
    });
    const text = await firstBytes(response);
    if (response.status === 401) {
      access.drop();
      return { result: "retry", afterMs: undefined };
    }
    // Google answers 400 for a token that never was one, 404 for one that is no more.
    if (response.status === 400 && text.includes("registration token")) return { result: "gone" };
    if (response.status === 404 && !text.includes("UNREGISTERED")) return { result: "refused", status: 404 };
    return answerOf(response, clock());
  };
}

/** An OAuth access token, shared by all pushes of this isolate for its hour. */
class AccessToken {
  readonly #account: ServiceAccount;
  readonly #ports: ProviderPorts;
  #held: { readonly token: Promise<string>; readonly until: number } | undefined;

  constructor(account: ServiceAccount, ports: ProviderPorts) {
    this.#account = account;
    this.#ports = ports;
  }

  get(signal: AbortSignal): Promise<string> {
    const now = this.#ports.clock();
    if (this.#held === undefined || this.#held.until - MARGIN_MS < now) {
      const token = this.#fetch(now, signal);
      this.#held = { token, until: now + LIFE_S * 1000 };
      token.catch(() => this.drop());
    }
    return this.#held.token;
  }

  drop(): void {
    this.#held = undefined;
  }

  async #fetch(now: number, signal: AbortSignal): Promise<string> {
    const { client_email: email, private_key: pem } = this.#account;
    const iat = Math.floor(now / 1000);
    const assertion = await new SignJWT({ scope: SCOPE })
      .setProtectedHeader({ alg: "RS256", typ: "JWT" })
      .setIssuer(email)
      .setAudience(TOKEN_URL)
      .setIssuedAt(iat)
      .setExpirationTime(iat + LIFE_S)
      .sign(await importPKCS8(pem, "RS256"));
    const response = await this.#ports.fetch(TOKEN_URL, {
      method: "POST",
      redirect: "manual",
      signal,
      body: new URLSearchParams({ grant_type: "urn:ietf:params:oauth:grant-type:jwt-bearer", assertion }),
    });
    const text = await firstBytes(response, 16_384);
    if (!response.ok) throw new Error(`Google gave no access token: ${response.status}`);
    return (JSON.parse(text) as { access_token: string }).access_token;
  }
}
