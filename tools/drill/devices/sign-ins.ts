/** Somebody who signs in at one edge over and over, and out again. */
import { PASSWORD } from "./device.ts";

const PAUSE_MS = 250;
/** [A6] the longest that a refusal may take before the circuit breaker knows. */
const TIMEOUT_MS = 15_000;

export class SignIns {
  accepted = 0;
  refused = 0;
  /** Milliseconds that the slowest refusal took. */
  slowest = 0;
  /** Answers that the contract does not allow. */
  readonly wrong: string[] = [];
  readonly #url: string;
  readonly #handle: string;
  #generation = 0;
  #stopped = false;

  constructor(url: string, handle: string) {
    this.#url = url;
    this.#handle = handle;
    void this.#run();
  }

  /** Counts anew; what is on its way is not counted. */
  reset(): void {
    this.#generation++;
    this.accepted = 0;
    this.refused = 0;
    this.slowest = 0;
  }

  stop(): void {
    this.#stopped = true;
    this.#generation++;
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      await this.#once();
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }

  async #once(): Promise<void> {
    const generation = this.#generation;
    const began = Date.now();
    const answer = await signInAt(this.#url, this.#handle);
    if (answer?.status === 201) await withToken(this.#url, "DELETE /v1/sessions/current", answer.body);
    if (generation !== this.#generation) return;
    const { code, retryAfterMs } = (answer?.body ?? {}) as { code?: string; retryAfterMs?: number };
    if (answer?.status === 201) this.accepted++;
    else if (answer?.status === 503 && code === "accounts_unavailable" && retryAfterMs !== undefined) {
      this.refused++;
      this.slowest = Math.max(this.slowest, Date.now() - began);
    } else if (this.wrong.length < 5) {
      this.wrong.push(`a sign-in was answered ${answer?.status ?? "by nothing"} ${code ?? ""}`.trim());
    }
  }
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** Signs in as one more device. @returns undefined where nothing answered */
export function signInAt(url: string, handle: string): Promise<Answer | undefined> {
  const body = JSON.stringify({ handle, password: PASSWORD, device: { name: "signs in", platform: "node" } });
  return call(`${url}/v1/sessions`, { method: "POST", body, headers: { "Content-Type": "application/json" } });
}

/** Calls a route with the access token of a session. @returns undefined where nothing answered */
export function withToken(url: string, route: string, session: unknown): Promise<Answer | undefined> {
  const [method = "GET", path = "/"] = route.split(" ");
  const { accessToken } = session as { accessToken: string };
  return call(url + path, { method, headers: { Authorization: `Bearer ${accessToken}` } });
}

async function call(url: string, init: RequestInit): Promise<Answer | undefined> {
  try {
    const answer = await fetch(url, { ...init, signal: AbortSignal.timeout(TIMEOUT_MS) });
    const text = await answer.text();
    return { status: answer.status, body: text === "" ? undefined : (JSON.parse(text) as unknown) };
  } catch {
    return undefined;
  }
}
