/**
 * The Meridian SDK: sign in, send, and watch state that is always in order. Runs in browsers, Node, Bun and Deno.
 *
 * @example
 * import { Meridian } from "meridian-client";
 *
 * const meridian = new Meridian({ url: "https://chat.example.com" });
 * await meridian.signIn({ handle: "ada", password: "correct horse battery" });
 * const conversation = await meridian.createDirect({ handle: "grace" });
 * const message = await meridian.send(conversation, "Hello!");
 * console.log("durable at", (await message.sent()).seq);
 */
export { Meridian } from "./meridian.ts";

export type * from "./types/observable.ts";
export type * from "./types/state.ts";
export type * from "./types/events.ts";
export type * from "./types/options.ts";
export type * from "./types/api.ts";
export type { Storage } from "./storage/storage.ts";
export type { Codec, CodecContext, Content } from "./codec.ts";
export { identityCodec } from "./codec.ts";
export { type Clock, systemClock } from "./clock.ts";
export {
  AuthError,
  type ClientErrorCode,
  type Code,
  MeridianError,
  NetworkError,
  RequestError,
  RetryableError,
  StateError,
  isRetryable,
} from "./errors.ts";
