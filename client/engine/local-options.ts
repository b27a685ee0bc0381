/**
 * What an engine is made of.
 */
import type { ConversationId } from "../../protocol/ids.ts";
import type { Clock } from "../clock.ts";
import type { Codec } from "../codec.ts";
import type { Regions } from "../regions/regions.ts";
import type { Storage } from "../storage/storage.ts";
import type { LogPorts } from "../sync/log.ts";
import type { Fetch, Platform, SocketFactory } from "../types/options.ts";

export interface LocalOptions {
  readonly storage: Storage;
  readonly regions: Regions;
  readonly clock: Clock;
  readonly random: () => number;
  readonly platform: Platform;
  readonly socket: SocketFactory;
  readonly fetch: Fetch;
  readonly codec: Codec;
  readonly autoConnect: boolean;
  /** [C5] makes the check of chains; absent where nobody asked for it. */
  readonly verifier?:
    | ((diverged: (conversation: ConversationId, seq: number) => void) => LogPorts["verify"])
    | undefined;
}
