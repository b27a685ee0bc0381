/** Calls of the HTTP side of the contract, as a client without any SDK makes them. */
import { randomBytes } from "node:crypto";
import { Problem, Session } from "../../../protocol/index.ts";

/** Anything that has an address: a stack or a service. */
export interface Target {
  readonly url: string;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The text as JSON; throws where it is none. */
  json(): unknown;
}

export interface CallOptions {
  readonly token?: string | undefined;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Sent as it is, instead of `body`. */
  readonly raw?: BodyInit;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Calls a route. */
export async function call(target: Target, route: string, options: CallOptions = {}): Promise<Answer> {
  const [method = "GET", path = "/"] = route.split(" ");
  const body = options.raw ?? (options.body === undefined ? undefined : JSON.stringify(options.body));
  const response = await fetch(target.url.replace(/\/$/, "") + path, {
    method,
    headers: {
      ...(body === undefined ? {} : { "Content-Type": "application/json" }),
      ...(options.token === undefined ? {} : { Authorization: `Bearer ${options.token}` }),
      ...options.headers,
    },
    ...(body === undefined ? {} : { body }),
    ...(body instanceof ReadableStream ? { duplex: "half" } : {}),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, json: () => JSON.parse(text) as unknown };
}

/** The problem that an answer is. Throws where it is none, or not as [H1] wants it. */
export function problemIn(answer: Answer): Problem {
  const type = answer.headers.get("Content-Type");
  if (type !== "application/problem+json")
    throw new Error(`${answer.status} with Content-Type ${type}: ${answer.text}`);
  const problem = Problem.parse(answer.json());
  if (problem.status !== answer.status) throw new Error(`status ${answer.status}, but the problem says ${answer.text}`);
  return problem;
}

/** A handle that nobody else in this run has. */
export function newHandle(): string {
  return `t_${randomBytes(8).toString("hex")}`;
}

export const PASSWORD = "a password of tests";
export const DEVICE = { name: "a test", platform: "node" };

/** Makes an account with a handle of its own. */
export async function register(target: Target, handle: string = newHandle()): Promise<Session> {
  const answer = await call(target, "POST /v1/accounts", { body: { handle, password: PASSWORD, device: DEVICE } });
  if (answer.status !== 201) throw new Error(`registration answered ${answer.status}: ${answer.text}`);
  return Session.parse(answer.json());
}

/** Tries to sign in. */
export function signIn(target: Target, handle: string, password: string = PASSWORD): Promise<Answer> {
  return call(target, "POST /v1/sessions", { body: { handle, password, device: DEVICE } });
}

/** Starts a direct chat. @returns its id */
export async function startDirect(target: Target, token: string, user: string): Promise<string> {
  const answer = await call(target, "POST /v1/conversations", { token, body: { kind: "direct", user } });
  if (answer.status > 201) throw new Error(`a direct chat answered ${answer.status}: ${answer.text}`);
  return (answer.json() as { id: string }).id;
}
