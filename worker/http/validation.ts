import type { Hook } from "@hono/zod-openapi";
import type { z } from "zod";
import { MeridianError, type Violation } from "../../protocol/index.ts";
import type { Edge } from "../edge.ts";

const MAX_VIOLATIONS = 32;

/** What a validator reports. */
interface Rejected {
  readonly success: false;
  readonly target: string;
  readonly error: z.core.$ZodError;
}

/**
 * [H2] turns what a validator rejects into an error of the contract.
 * @throws MeridianError `invalid_request`, or `not_found` where the path itself names nothing that can exist [H4]
 */
export const onInvalid: Hook<unknown, Edge, string, undefined> = (result) => {
  if (result.success) return;
  const { target, error } = result as Rejected;
  if (target === "param") throw new MeridianError("not_found", "There is nothing at this address.");
  throw new MeridianError("invalid_request", "The request does not have the right shape.", {
    violations: violationsOf(error),
  });
};

/** What is wrong, by its path in the body or query, at most 32 of them. */
export function violationsOf(error: z.core.$ZodError): Violation[] {
  return error.issues
    .slice(0, MAX_VIOLATIONS)
    .map(({ path, message }) => ({ path: path.map(String).join("."), message }));
}
