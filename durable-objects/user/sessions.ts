/**
 * Devices and refresh tokens of one user. They live here and not in the accounts database, so that rotation and
 * revocation are strongly consistent and a database outage stops sign-ins only [A6].
 *
 * A refresh token is `<user>.<device>.<family>.<secret>`: family stays for the life of the device and tells a replayed
 * token from a forged one; secret changes with every rotation [A3]. Only SHA-256 digests of both are stored.
 */
import { sha256 } from "@noble/hashes/sha2.js";
import { utf8ToBytes } from "@noble/hashes/utils.js";
import {
  base64url,
  MAX_DEVICES,
  MeridianError,
  REFRESH_GRACE_MS,
  type Device,
  type DeviceId,
  type DeviceInfo,
  type UserId,
} from "../../protocol/index.ts";
import type { Clock, Sql, Transact } from "../shared/sql.ts";

interface DeviceRow extends Record<string, SqlStorageValue> {
  id: string;
  name: string;
  platform: string;
  created_at: number;
  last_seen_at: number;
  family: string;
  current: string;
  previous: string | null;
  rotated_at: number;
}

export interface SessionPorts {
  readonly sql: Sql;
  readonly transact: Transact;
  readonly clock: Clock;
  /** Cuts the device's socket and forgets what is kept for it; in the same turn as the row goes. */
  readonly onRevoked: (device: DeviceId) => void;
}

export class Sessions {
  readonly #ports: SessionPorts;

  constructor(ports: SessionPorts) {
    this.#ports = ports;
  }

  /** Adds a device; past {@link MAX_DEVICES} the one that was away longest is signed out. */
  add(user: UserId, info: DeviceInfo, epoch: number): { device: Device; refreshToken: string } {
    const { sql, clock, transact } = this.#ports;
    const now = clock();
    const device = `dev_${randomText(12)}` as DeviceId;
    const family = randomText(16);
    const secret = randomText(32);
    return transact(() => {
      for (const { id } of sql
        .exec<{ id: string }>("SELECT id FROM devices ORDER BY last_seen_at DESC LIMIT -1 OFFSET ?", MAX_DEVICES - 1)
        .toArray()) {
        this.revoke(id as DeviceId);
      }
      sql.exec(
        `INSERT INTO devices (id, name, platform, created_at, last_seen_at, family, current, previous, rotated_at, settled)
         VALUES (?, ?, ?, ?, ?, ?, ?, NULL, ?, ?)`,
        device,
        info.name,
        info.platform,
        now,
        now,
        hash(family),
        hash(secret),
        now,
        epoch,
      );
      return {
        device: {
          id: device,
          name: info.name,
          platform: info.platform,
          createdAt: now,
          lastSeenAt: now,
          current: true,
        },
        refreshToken: `${user}.${device}.${family}.${secret}`,
      };
    });
  }

  /**
   * [A3] rotates a refresh token.
   * @throws MeridianError `invalid_token`, `device_revoked`, `token_reused`
   */
  rotate(user: UserId, refreshToken: string): { device: Device; refreshToken: string } {
    const [owner, id, family, secret, ...rest] = refreshToken.split(".");
    if (owner !== user || id === undefined || family === undefined || secret === undefined || rest.length > 0) {
      throw new MeridianError("invalid_token", "The refresh token is not valid.");
    }
    const { sql, clock } = this.#ports;
    const row = this.#row(id as DeviceId);
    if (row === undefined) throw new MeridianError("device_revoked", "This device was signed out: sign in again.");
    if (!same(row.family, hash(family))) throw new MeridianError("invalid_token", "The refresh token is not valid.");

    const given = hash(secret);
    const now = clock();
    const next = randomText(32);
    if (same(row.current, given)) {
      sql.exec(
        "UPDATE devices SET current = ?, previous = ?, rotated_at = ?, last_seen_at = ? WHERE id = ?",
        hash(next),
        given,
        now,
        now,
        id,
      );
    } else if (row.previous !== null && same(row.previous, given) && now - row.rotated_at < REFRESH_GRACE_MS) {
      // The reply with the new token was lost: it is void from now on, and the grace does not start again.
      sql.exec("UPDATE devices SET current = ?, last_seen_at = ? WHERE id = ?", hash(next), now, id);
    } else {
      this.revoke(id as DeviceId);
      throw new MeridianError("token_reused", "The refresh token was used before: this device is signed out.");
    }
    return {
      device: { ...toDevice(row, id), lastSeenAt: now },
      refreshToken: `${user}.${id}.${family}.${next}`,
    };
  }

  /** [A5] @throws MeridianError `device_revoked` */
  authorize(device: DeviceId): void {
    if (this.#row(device) === undefined) {
      throw new MeridianError("device_revoked", "This device was signed out: sign in again.");
    }
  }

  list(current: DeviceId): Device[] {
    return this.#ports.sql
      .exec<DeviceRow>("SELECT * FROM devices ORDER BY last_seen_at DESC")
      .toArray()
      .map((row) => toDevice(row, current));
  }

  /** Signs a device out. @returns whether there was one */
  revoke(device: DeviceId): boolean {
    const { sql, onRevoked } = this.#ports;
    const gone = sql.exec("DELETE FROM devices WHERE id = ? RETURNING id", device).toArray().length > 0;
    onRevoked(device);
    return gone;
  }

  ids(): DeviceId[] {
    return this.#ports.sql
      .exec<{ id: string }>("SELECT id FROM devices")
      .toArray()
      .map(({ id }) => id as DeviceId);
  }

  #row(device: DeviceId): DeviceRow | undefined {
    return this.#ports.sql.exec<DeviceRow>("SELECT * FROM devices WHERE id = ?", device).toArray()[0];
  }
}

function toDevice(row: DeviceRow, current: string): Device {
  return {
    id: row.id as DeviceId,
    name: row.name,
    platform: row.platform,
    createdAt: row.created_at,
    lastSeenAt: row.last_seen_at,
    current: row.id === current,
  };
}

function randomText(bytes: number): string {
  return base64url(crypto.getRandomValues(new Uint8Array(bytes)));
}

function hash(text: string): string {
  return base64url(sha256(utf8ToBytes(text)));
}

/** Compares two digests of equal length in a time that does not depend on where they differ. */
function same(a: string, b: string): boolean {
  let difference = a.length ^ b.length;
  for (let i = 0; i < a.length; i++) difference |= a.charCodeAt(i) ^ b.charCodeAt(i);
  return difference === 0;
}
