/** The suite of the SDK: the same cases on every runtime, against a real server. */
import { accountCases } from "./cases-accounts.ts";
import { messageCases } from "./cases-messages.ts";
import { peopleCases } from "./cases-people.ts";
import { Place, type Case } from "./harness.ts";

export const suite: readonly Case[] = [...accountCases, ...messageCases, ...peopleCases];

/** Runs one case, and ends every client that it made. */
export async function runCase({ run }: Case, url: string): Promise<void> {
  const place = new Place(url);
  try {
    await run(place);
  } finally {
    await place.close();
  }
}
