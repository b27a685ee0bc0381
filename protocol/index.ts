/**
 * The wire contract: types, validators and limits, one file per message family. No I/O, no platform types.
 */
export * from "./ids.ts";
export * from "./limits.ts";
export * from "./errors.ts";
export * from "./entry.ts";
export * from "./conversation.ts";
export * from "./accounts.ts";
export * from "./frames-client.ts";
export * from "./frames-server.ts";
export * from "./chain.ts";
export * from "./content.ts";
export * from "./plain.ts";
export * from "./media.ts";
export * from "./push.ts";
