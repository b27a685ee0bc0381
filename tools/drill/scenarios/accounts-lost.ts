import type { Cluster } from "../cluster/cluster.ts";
import { HOME, REGIONS, type Region } from "../cluster/geography.ts";
import { SignIns } from "../devices/sign-ins.ts";
import { until } from "../patience.ts";
import type { Scenario, Stage } from "./scenario.ts";

const BACK_MS = 60_000;

export const primaryLost: Scenario = {
  name: "accounts-primary-lost",
  title: "The primary of the accounts database is killed and started again",
  expects: "Only registration everywhere, and sign-in where the primary is, are refused; messages notice nothing [A6].",
  act: (stage) => lose(stage, HOME),
};

export const replicaLost: Scenario = {
  name: "accounts-replica-lost",
  title: "A replica of the accounts database is killed and started again",
  expects: "Sign-in is refused in its region alone; messages notice nothing [A6].",
  act: (stage) => lose(stage, "enam"),
};

/** Kills a database under people who sign in everywhere all the time. */
async function lose({ cluster, crowd, strike, pause, note, problem }: Stage, lost: Region): Promise<void> {
  const tries = new Map(REGIONS.map((region) => [region, signInsAt(cluster, region, crowd.devices[0]?.handle ?? "")]));
  const at = (region: Region): SignIns => tries.get(region) ?? signInsAt(cluster, region, "");
  try {
    await until(() => [...tries.values()].every(({ accepted }) => accepted > 0), BACK_MS, "nobody can sign in");
    strike("SIGKILL", `database ${lost}`);
    await cluster.databases.kill(lost);
    for (const signIns of tries.values()) signIns.reset();
    await pause(0.25);
    await until(() => at(lost).refused > 0, BACK_MS, `sign-in in ${lost} is not refused without its database`);
    const others = [...tries].filter(([region]) => region !== lost);
    for (const [region, signIns] of others) {
      await until(
        () => signIns.accepted > 0,
        BACK_MS,
        `nobody can sign in in ${region} without the database in ${lost}`,
      );
      if (signIns.refused > 0) problem(`${signIns.refused} sign-ins in ${region} were refused for the loss in ${lost}`);
    }
    const { refused, slowest } = at(lost);
    note(`${refused} sign-ins in ${lost} were refused with accounts_unavailable, the slowest after ${slowest} ms.`);
    strike("start", `database ${lost}`);
    const started = Date.now();
    await cluster.databases.restart(lost);
    at(lost).reset();
    await until(() => at(lost).accepted > 0, BACK_MS, `nobody can sign in in ${lost} again`);
    note(`Sign-in in ${lost} worked again ${((Date.now() - started) / 1_000).toFixed(1)} s after the start.`);
  } finally {
    for (const signIns of tries.values()) {
      signIns.stop();
      for (const what of signIns.wrong) problem(what);
    }
  }
}

function signInsAt(cluster: Cluster, region: Region, handle: string): SignIns {
  return new SignIns(cluster.url(region), handle);
}
