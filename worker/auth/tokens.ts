import { accessTokens, type AccessTokens } from "../../protocol/access-token.ts";

let held: { readonly secret: string; readonly tokens: AccessTokens } | undefined;

/**
 * The signer and verifier of this isolate: keys are read once, not per request.
 *
 * @param env has the secret `SIGNING_KEYS`
 * @throws MeridianError `unavailable` where the secret is missing or malformed
 */
export function tokensOf(env: { readonly SIGNING_KEYS?: string }): AccessTokens {
  const secret = env.SIGNING_KEYS ?? "";
  if (held?.secret !== secret) held = { secret, tokens: accessTokens(secret) };
  return held.tokens;
}
