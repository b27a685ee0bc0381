/**
 * `npm run costs`: counts what messages cost (tests/objects/costs.test.ts) and writes docs/costs.md.
 */
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";

const page = new URL("../docs/costs.md", import.meta.url);
const run = spawnSync("vitest", ["run", "--project", "objects", "tests/objects/costs.test.ts"], {
  encoding: "utf8",
  env: { ...process.env, NO_COLOR: "1" },
});
const table = /^COSTS\n([\s\S]*?)\nEND$/m.exec(run.stdout)?.[1];
if (table === undefined) {
  console.error(`The count did not run to its end:\n${run.stdout}\n${run.stderr}`);
  process.exit(1);
}
writeFileSync(
  page,
  `# What a message costs

Counted on the running objects by \`tests/objects/costs.test.ts\`; written by \`npm run costs\`. The test fails where a
budget is broken: at most 6 rows and 6 requests for the isolated message, 3 rows for each message of a burst, 20 KB and no
call to an unchanged conversation for the resume.

Rows are what the platform bills: rows of tables and of their indexes, and one for each alarm that is set. Requests are
calls between objects and alarms that fire, and a twentieth of the messages that come in on sockets. Bursts depend a little
on how sends fall together.

${table}

Where the six rows of the isolated message go: the entry and its place in the index that makes retries idempotent (2), the
alarm that brings fan-out back after a crash (1), the conversation's line in each of the two inboxes (2), and the marks
"delivered" and "read", which travel together (1). Cursors of devices are kept in the attachments of their sockets and
written down when a socket closes. Giving out a sync token makes the next change of each conversation cost one row more for
each side, in the index that finds what changed; so tokens are given out at connect and then once for every 16
conversations that changed.
`,
);
console.log(`docs/costs.md is written:\n${table}`);
