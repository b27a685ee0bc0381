/** Who may ask what only operators may: whoever knows the secret. */
import { MeridianError } from "../../protocol/index.ts";
import { bearerOf } from "../auth/bearer.ts";
import type { EdgeContext } from "../edge.ts";

/**
 * Lets an operator pass.
 *
 * @param secret of the environment; where it is missing or empty nobody passes
 * @throws MeridianError `not_found`, as if there were nothing at this address, so that nobody learns what to guess
 */
export async function operatorsOnly(c: EdgeContext, secret: string | undefined): Promise<void> {
  const given = bearerOf(c.req.header("Authorization"));
  if (given !== undefined && secret !== undefined && secret !== "" && (await same(given, secret))) return;
  throw new MeridianError("not_found", "There is nothing at this address.");
}

/** Compares in a time that tells nothing: digests have one length, and where they differ says nothing of the texts. */
async function same(given: string, secret: string): Promise<boolean> {
  const encoder = new TextEncoder();
  const [a, b] = await Promise.all(
    [given, secret].map((text) => crypto.subtle.digest("SHA-256", encoder.encode(text))),
  );
  return a !== undefined && b !== undefined && crypto.subtle.timingSafeEqual(a, b);
}
