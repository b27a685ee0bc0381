/** The HTTP side of the contract inside workerd: the real edge over the real objects, without the accounts database. */
import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { accessTokens } from "../../../protocol/access-token.ts";
import { Problem } from "../../../protocol/index.ts";
import { app } from "../../../worker/app.ts";
import type { TestDevice } from "./people.ts";

export const ORIGIN = "https://edge.test";

export interface EdgeCall {
  readonly json?: unknown;
  readonly bytes?: BodyInit;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Calls the edge, as a device or, with null, as nobody. Redirects are not followed. */
export async function edge(
  device: TestDevice | null,
  route: string,
  { json, bytes, headers }: EdgeCall = {},
): Promise<Response> {
  const [method = "GET", path = "/"] = route.split(" ");
  const token =
    device === null ? undefined : await accessTokens(env.SIGNING_KEYS).sign(device.owner.id, device.id, Date.now());
  const body = json === undefined ? bytes : JSON.stringify(json);
  const context = createExecutionContext();
  const answer = await app.fetch(
    new Request(new URL(path, ORIGIN), {
      method,
      redirect: "manual",
      headers: {
        ...(json === undefined ? {} : { "Content-Type": "application/json" }),
        ...(token === undefined ? {} : { Authorization: `Bearer ${token.accessToken}` }),
        ...headers,
      },
      ...(body === undefined ? {} : { body }),
    }),
    env,
    context,
  );
  void waitOnExecutionContext(context);
  return answer;
}

/** Status and code of a refusal. */
export async function refusal(answer: Promise<Response> | Response): Promise<string> {
  const response = await answer;
  const { status, code } = Problem.parse(await response.json());
  if (status !== response.status) throw new Error(`status ${response.status}, but the problem says ${status}`);
  return `${status} ${code}`;
}
