/** Accounts and sessions of the server for tests. */
import type { Session } from "../../../../protocol/accounts.ts";
import type { ErrorCode } from "../../../../protocol/errors.ts";
import type { DeviceId, UserId } from "../../../../protocol/ids.ts";
import type { Clock } from "../../../../client/clock.ts";

export type Answer = readonly [status: number, body?: unknown];

interface Known {
  readonly user: UserId;
  readonly device: DeviceId;
  readonly refresh: string;
  readonly expires: number;
}

export class FakeAccounts {
  /** Life of access tokens. */
  tokenLifeMs = 900_000;
  readonly #clock: Clock;
  readonly #sessions = new Map<string, Known>();
  #count = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Whose access token it is, while it lives. */
  byToken(token: string): Known | undefined {
    const known = this.#sessions.get(token);
    return known !== undefined && known.expires > this.#clock.now() ? known : undefined;
  }

  /** Every access token is too old from now on. */
  expireAll(): void {
    for (const [token, known] of this.#sessions) this.#sessions.set(token, { ...known, expires: 0 });
  }

  /** The device is signed out: neither of its tokens is good. */
  revokeAll(): void {
    this.#sessions.clear();
  }

  route(route: string, body: unknown): Answer | undefined {
    switch (route) {
      case "POST /v1/accounts":
      case "POST /v1/sessions": {
        const { handle, password } = body as { handle: string; password: string };
        return password === "wrong password" ? problem(401, "invalid_credentials") : [201, this.#grant(handle)];
      }
      case "POST /v1/sessions/refresh": {
        const { refreshToken } = body as { refreshToken: string };
        const known = [...this.#sessions.values()].find(({ refresh }) => refresh === refreshToken);
        return known === undefined
          ? problem(401, "token_reused")
          : [200, this.#grant(known.user.slice(2), known.device)];
      }
      default:
        return undefined;
    }
  }

  #grant(name: string, device?: DeviceId): Session {
    const count = ++this.#count;
    const user = `u_${name}` as UserId;
    const own = device ?? (`dev_${name}_${count}` as DeviceId);
    const expires = this.#clock.now() + this.tokenLifeMs;
    this.#sessions.set(`access${count}`, { user, device: own, refresh: `refresh${count}`, expires });
    return {
      user: { ...profile(name), privacy: { lastSeen: "everyone" }, createdAt: 1 },
      device: { id: own, name: "test", platform: "test", createdAt: 1, lastSeenAt: 1, current: true },
      accessToken: `access${count}`,
      accessTokenExpiresAt: expires,
      refreshToken: `refresh${count}`,
    };
  }
}

export function problem(status: number, code: ErrorCode, more: object = {}): Answer {
  return [status, { type: "about:blank", title: code, status, detail: code, code, ...more }];
}

export function profile(name: string) {
  return { id: `u_${name}` as UserId, handle: name, displayName: name, about: "", avatar: null };
}
