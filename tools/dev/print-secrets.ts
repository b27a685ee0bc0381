/** Prints a fresh set of secrets in the formats that a deploy wants, a name and a value a line. */
import { makeSecrets } from "./secrets.ts";

for (const [name, value] of Object.entries(makeSecrets())) {
  if (value !== "") console.log(`${name} ${value}`);
}
