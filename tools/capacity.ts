/**
 * `npm run capacity`: what the service would need and cost at three sizes. Takes what messages cost from docs/costs.md,
 * which is counted on the running objects, and writes docs/capacity.md.
 */
import { readFileSync, writeFileSync } from "node:fs";

/** Public prices in dollars, Workers Paid, 2026: what a month includes and what a million more costs. */
const PRICE = {
  objectRequests: { included: 1e6, perMillion: 0.15 },
  objectGbSeconds: { included: 400_000, perMillion: 12.5 },
  rowsRead: { included: 25e9, perMillion: 0.001 },
  rowsWritten: { included: 50e6, perMillion: 1 },
  workerRequests: { included: 10e6, perMillion: 0.3 },
  workerCpuMs: { included: 30e6, perMillion: 0.02 },
  queueOperations: { included: 1e6, perMillion: 0.4 },
} as const;
const STORED_GB = { included: 5, perGb: 0.2 };

/** What users do in a day. The first three are the mix that was asked for, the rest is assumed. */
const MIX = {
  messages: 40,
  bodyBytes: 1_024,
  inGroups: 0.2,
  groupMembers: 10,
  connects: 8,
  changedPerConnect: 4,
  httpRequests: 5,
  devices: 1.5,
  pushesPerReceived: 0.3,
  directChats: 8,
  groups: 5,
  connectedAtOnce: 0.1,
  peak: 3,
};

/** What no counter says. */
const ASSUMED = {
  /** Seconds that objects stay in memory for a direct message, all three together: calls, and timers that gather marks. */
  secondsPerMessage: 1.5,
  secondsPerConnect: 0.5,
  objectGb: 0.128,
  /** Of a stored entry beside its body: ids, chain, digest, index. */
  entryOverheadBytes: 380,
  /** Of a frame beside the entry's body. */
  frameOverheadBytes: 420,
  cpuMsPerRequest: 2,
  queueOperationsPerPush: 3,
  days: 30,
};

interface Counted {
  readonly written: number;
  readonly read: number;
  readonly requests: number;
}

const page = readFileSync(new URL("../docs/costs.md", import.meta.url), "utf8");

/** A line of the table in docs/costs.md. */
function counted(what: string): Counted {
  const cells = page
    .split("\n")
    .find((line) => line.startsWith(`| ${what}`))
    ?.split("|")
    .slice(2, -1)
    .map(Number);
  const [written, read, , , requests] = cells ?? [];
  if (written === undefined || read === undefined || requests === undefined || Number.isNaN(requests)) {
    throw new Error(`docs/costs.md has no line "${what}": run \`npm run costs\`.`);
  }
  return { written, read, requests };
}

const isolated = counted("one isolated direct message");
const burst = counted("each of 100 messages in a burst");
const fifty = counted("one message to a group of 50");
const resume = counted("a resume with 1,000 conversations");

/** What was counted in a group of 50, in one of another size: it grows with the members. */
function inGroupOf(members: number): Counted {
  const scale = (value: number): number => (value * members) / 50;
  return { written: scale(fifty.written), read: scale(fifty.read), requests: scale(fifty.requests) };
}

interface Month {
  readonly users: number;
  readonly objectRequests: number;
  readonly objectGbSeconds: number;
  readonly rowsRead: number;
  readonly rowsWritten: number;
  readonly workerRequests: number;
  readonly workerCpuMs: number;
  readonly queueOperations: number;
  readonly grownGb: number;
  readonly egressGb: number;
}

/** A month of so many daily users, with direct messages that cost so much. */
function monthOf(users: number, direct: Counted): Month {
  const { days } = ASSUMED;
  const perMonth = (perUserAndDay: number): number => perUserAndDay * users * days;
  const directs = MIX.messages * (1 - MIX.inGroups);
  const toGroups = MIX.messages * MIX.inGroups;
  const group = inGroupOf(MIX.groupMembers);
  // A resume was counted with ten conversations that changed.
  const connect = (value: number): number => (value * MIX.changedPerConnect) / 10 + 2;
  const sum = (pick: (one: Counted) => number): number =>
    perMonth(directs * pick(direct) + toGroups * pick(group) + MIX.connects * connect(pick(resume)));
  const received = directs + toGroups * (MIX.groupMembers - 1);
  const http = MIX.connects + MIX.httpRequests;
  const busy =
    (directs + (toGroups * MIX.groupMembers) / 2) * ASSUMED.secondsPerMessage +
    MIX.connects * ASSUMED.secondsPerConnect;
  return {
    users,
    objectRequests: sum(({ requests }) => requests) + perMonth(http),
    objectGbSeconds: perMonth(busy) * ASSUMED.objectGb,
    rowsRead: sum(({ read }) => read),
    rowsWritten: sum(({ written }) => written),
    workerRequests: perMonth(http),
    workerCpuMs: perMonth(http) * ASSUMED.cpuMsPerRequest,
    queueOperations: perMonth(received * MIX.pushesPerReceived) * ASSUMED.queueOperationsPerPush,
    grownGb: perMonth(MIX.messages * (MIX.bodyBytes + ASSUMED.entryOverheadBytes)) / 1e9,
    egressGb: perMonth((received + MIX.messages) * MIX.devices * (MIX.bodyBytes + ASSUMED.frameOverheadBytes)) / 1e9,
  };
}

type Item = keyof typeof PRICE;
const ITEMS = Object.keys(PRICE) as Item[];

function priceOf(month: Month, item: Item): number {
  const { included, perMillion } = PRICE[item];
  return (Math.max(0, month[item] - included) / 1e6) * perMillion;
}

function storageOf({ grownGb }: Month, months: number): number {
  return Math.max(0, grownGb * months - STORED_GB.included) * STORED_GB.perGb;
}

function totalOf(month: Month): number {
  return ITEMS.reduce((total, item) => total + priceOf(month, item), 0) + storageOf(month, 1);
}

function short(value: number): string {
  const units = [
    [1e15, "P"],
    [1e12, "T"],
    [1e9, "B"],
    [1e6, "M"],
    [1e3, "k"],
  ] as const;
  const [size, unit] = units.find(([least]) => value >= least) ?? [1, ""];
  const scaled = value / size;
  return `${scaled >= 100 ? scaled.toFixed(0) : scaled.toPrecision(3)}${unit === "" ? "" : ` ${unit}`}`;
}

const dollars = (value: number): string => `$${short(value)}`;
const bytes = (gb: number): string => `${short(gb * 1e9)}B`;

const SIZES = [1e6, 1e8, 1e9];
const months = SIZES.map((users) => monthOf(users, isolated));
const half = (pick: keyof Counted): number => (isolated[pick] + burst[pick]) / 2;
const bursty = SIZES.map((users) =>
  monthOf(users, { written: half("written"), read: half("read"), requests: half("requests") }),
);

const row = (name: string, cell: (month: Month, index: number) => string): string =>
  `| ${name} | ${months.map(cell).join(" | ")} |`;
const NAMES: Record<Item, string> = {
  objectRequests: "requests to objects",
  objectGbSeconds: "time of objects in memory, GB-s",
  rowsRead: "rows read",
  rowsWritten: "rows written",
  workerRequests: "requests to the Worker",
  workerCpuMs: "CPU of the Worker, ms",
  queueOperations: "queue operations for pushes",
};
const perSecond = ({ users }: Month): number => (users * MIX.messages) / 86_400;
const [first] = months;
const perUser = first === undefined ? 0 : totalOf(first) / first.users;
const share = (item: Item): string => {
  const last = months.at(-1);
  return last === undefined ? "" : `${Math.round((100 * priceOf(last, item)) / totalOf(last))} %`;
};

/** When what is kept costs more in a month than writing does. */
function monthsUntilStorageLeads(): number {
  const last = months.at(-1);
  return last === undefined ? 0 : Math.ceil(priceOf(last, "rowsWritten") / storageOf(last, 1));
}

const text = `# Capacity

Written by \`npm run capacity\` from what was counted on the running objects ([costs.md](costs.md)) and public prices (Workers Paid,
2026). Not a quotation: at these sizes prices are negotiated, and a service of this kind was not run at them.

## What users do

| in a day | |
| --- | --- |
| messages sent by a user | ${MIX.messages}, of ${MIX.bodyBytes} bytes; ${MIX.inGroups * 100} % of them to groups |
| members of a group (assumed) | ${MIX.groupMembers} |
| connects (assumed) | ${MIX.connects}, with ${MIX.changedPerConnect} conversations that changed in between |
| HTTP requests beside (assumed) | ${MIX.httpRequests} |
| devices that get each message (assumed) | ${MIX.devices} |
| pushes per received message (assumed) | ${MIX.pushesPerReceived} |
| connected at once (assumed) | ${MIX.connectedAtOnce * 100} % of daily users |
| peak over average (assumed) | ${MIX.peak} |
| active chats of a user (assumed) | ${MIX.directChats} direct, ${MIX.groups} groups |

A direct message costs what an isolated one was counted to cost, delivered and read: ${isolated.written} rows written, ${isolated.requests} requests. A group
message costs what one to a group of 50 was counted to cost, in proportion to the members. A resume was counted with ten
conversations that changed and is taken in proportion, with 2 rows and 2 requests more for the upgrade and its alarm. Objects stay in
memory for ${ASSUMED.secondsPerMessage} s per direct message, all three together, most of it timers that gather marks: assumed, not counted. Stored
and sent beside a body: ${ASSUMED.entryOverheadBytes} and ${ASSUMED.frameOverheadBytes} bytes.

## What it takes

| daily users | ${months.map(({ users }) => short(users)).join(" | ")} |
| --- | ${months.map(() => "---").join(" | ")} |
${row("messages a second, average", (month) => short(perSecond(month)))}
${row("messages a second, peak", (month) => short(perSecond(month) * MIX.peak))}
${row("deliveries a second, peak", (month) => short(perSecond(month) * MIX.peak * (1 - MIX.inGroups + MIX.inGroups * (MIX.groupMembers - 1))))}
${row("User objects", ({ users }) => short(users))}
${row("active Conversation objects", ({ users }) => short(users * (MIX.directChats / 2 + MIX.groups / MIX.groupMembers)))}
${row("sockets at once", ({ users }) => short(users * MIX.connectedAtOnce))}
${ITEMS.map((item) => row(`${NAMES[item]}, a month`, (month) => short(month[item]))).join("\n")}
${row("storage added, a month", ({ grownGb }) => bytes(grownGb))}
${row("egress, a month", ({ egressGb }) => bytes(egressGb))}

Objects scale out by id: no number above meets a limit of one object. The limits of one: 300 entries a second for a
conversation (configured; the guide figure for an object that writes is 200 to 500 requests a second, and a request carries up
to 64 entries), 10 GB of SQLite (about ${short(10e9 / (MIX.bodyBytes + ASSUMED.entryOverheadBytes))} such messages), ten devices for a user.

## What it costs

| a month, daily users | ${months.map(({ users }) => short(users)).join(" | ")} |
| --- | ${months.map(() => "---").join(" | ")} |
${ITEMS.map((item) => row(NAMES[item], (month) => dollars(priceOf(month, item)))).join("\n")}
${row("storage of the first month's messages", (month) => dollars(storageOf(month, 1)))}
${row("egress", () => "$0")}
${row("**total, first month**", (month) => `**${dollars(totalOf(month))}**`)}
${row("storage in the twelfth month, all kept", (month) => dollars(storageOf(month, 12)))}
${row("total, first month, if half of the messages come in bursts", (_, index) => dollars(totalOf(bursty[index] ?? months[0] ?? monthOf(0, isolated))))}

About ${(perUser * 100).toFixed(1)} cents per daily user and month; ${share("rowsWritten")} of it rows written, ${share("objectGbSeconds")} objects in memory, ${share("objectRequests")} requests. Each row
less per message, or each burst that shares its rows, is worth more than anything else. If all is kept, storage
costs more than rows from about the ${monthsUntilStorageLeads()}th month on: retention, and older segments in object storage, are the second lever.

Not in these numbers: media (storage and requests of R2; its egress is free), the accounts database (sign-ins and profiles only), logs
and traces (sampled down from a few hundred requests a second on), Analytics Engine (an isolate ships at most 20 points every 10 s), what
push services charge, and people.
`;
writeFileSync(new URL("../docs/capacity.md", import.meta.url), text);
console.log(text.slice(text.indexOf("## What it takes")));
