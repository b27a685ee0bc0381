/** The `[vars]` of wrangler.toml that the objects read. Text, as the platform hands them over. */
export interface SettingsSource {
  readonly SEND_RATE_PER_USER?: string | number | undefined;
  readonly SEND_BURST_PER_USER?: string | number | undefined;
  readonly SEND_RATE_PER_CONVERSATION?: string | number | undefined;
  readonly SEND_BURST_PER_CONVERSATION?: string | number | undefined;
  readonly MAX_GROUP_SIZE?: string | number | undefined;
}

/** Limits in numbers: rates per second, bursts in sends. */
export interface Settings {
  readonly sendRatePerUser: number;
  readonly sendBurstPerUser: number;
  readonly sendRatePerConversation: number;
  readonly sendBurstPerConversation: number;
  readonly maxGroupSize: number;
}

/** Reads the limits; what is missing or no positive number falls back to the contract's default [S6]. */
export function settingsFrom(env: SettingsSource): Settings {
  return {
    sendRatePerUser: positive(env.SEND_RATE_PER_USER, 10),
    sendBurstPerUser: positive(env.SEND_BURST_PER_USER, 60),
    sendRatePerConversation: positive(env.SEND_RATE_PER_CONVERSATION, 300),
    sendBurstPerConversation: positive(env.SEND_BURST_PER_CONVERSATION, 600),
    maxGroupSize: positive(env.MAX_GROUP_SIZE, 1024),
  };
}

function positive(value: string | number | undefined, fallback: number): number {
  const number = Number(value);
  return Number.isFinite(number) && number > 0 ? number : fallback;
}
