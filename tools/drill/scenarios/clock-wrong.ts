import { REGIONS, type Region } from "../cluster/geography.ts";
import { ACCESS_TOKEN_MS } from "../../../protocol/index.ts";
import { signInAt, withToken } from "../devices/sign-ins.ts";
import type { Scenario, Stage } from "./scenario.ts";

const WRONG_MS = 600_000;

export const clockWrong: Scenario = {
  name: "clock-wrong",
  title: "The clock of one edge is 10 minutes fast, that of another 10 minutes slow",
  expects: "Order and times of entries are the objects' alone; tokens made by a wrong clock are good elsewhere.",
  async act(stage) {
    const { cluster, strike, pause } = stage;
    strike("+10 min", "edge weur");
    await cluster.restartEdge("weur", WRONG_MS);
    strike("-10 min", "edge apac");
    await cluster.restartEdge("apac", -WRONG_MS);
    await pause(0.3);
    await tokensOf(stage, "weur", WRONG_MS);
    await tokensOf(stage, "apac", -WRONG_MS);
    strike("right again", "both edges");
    await Promise.all([cluster.restartEdge("weur"), cluster.restartEdge("apac")]);
  },
};

/** Signs in at an edge, and shows the token to all of them. */
async function tokensOf({ cluster, crowd, note, problem }: Stage, region: Region, skewMs: number): Promise<void> {
  const signedIn = await signInAt(cluster.url(region), crowd.devices[0]?.handle ?? "");
  if (signedIn?.status !== 201) return problem(`sign-in at ${region} was answered ${signedIn?.status ?? "by nothing"}`);
  const { accessTokenExpiresAt } = signedIn.body as { accessTokenExpiresAt: number };
  const off = accessTokenExpiresAt - ACCESS_TOKEN_MS - Date.now();
  if (Math.abs(off - skewMs) > WRONG_MS / 2) problem(`the clock of ${region} is off by ${off} ms: nothing was tried`);
  const answers: string[] = [];
  for (const other of REGIONS) {
    const answer = await withToken(cluster.url(other), "GET /v1/me/devices", signedIn.body);
    answers.push(`${other} ${answer?.status ?? "nothing"}`);
    if (answer?.status !== 200 && answer?.status !== 401)
      problem(`a token of ${region} was answered ${answers.at(-1)}`);
  }
  note(`A token made in ${region} was answered by ${answers.join(", ")}.`);
}
