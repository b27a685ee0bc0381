/**
 * The numbers of the wire contract. Numbers that an operator may change are in `wrangler.toml` instead.
 */

/** The one protocol version; the WebSocket subprotocol that names it. */
export const PROTOCOL_VERSION = 1;
export const SUBPROTOCOL = "meridian.v1";
/** Where headers cannot be set, the access token rides in a second offered subprotocol with this prefix. */
export const BEARER_SUBPROTOCOL = "bearer.";

/** [W2] the largest text message on the socket, in bytes. */
export const MAX_FRAME_BYTES = 512 * 1024;
/** [W2] malformed frames in a row before the socket closes. */
export const MAX_MALFORMED_FRAMES = 10;
/** [W3] how often a client pings, and how many missed pongs make a dead link. */
export const PING_INTERVAL_MS = 25_000;
export const MISSED_PONGS = 2;
/** [W4] how long a socket may stay without a hello. */
export const HELLO_TIMEOUT_MS = 10_000;
/** [W5] how long a socket may outlive its access token. */
export const TOKEN_GRACE_MS = 60_000;
/** [A2] life of an access token. */
export const ACCESS_TOKEN_MS = 15 * 60_000;
/** [A3] how long the immediately previous refresh token is still honoured. */
export const REFRESH_GRACE_MS = 60_000;
/** Devices of one user; one more revokes the one that was away longest. */
export const MAX_DEVICES = 10;

/** [E5] limits of bodies. */
export const MAX_TEXT_CHARS = 8_192;
export const MAX_MESSAGE_BODY_BYTES = 32 * 1024;
export const MAX_SEALED_BODY_BYTES = 256 * 1024;
export const MAX_MEDIA_PER_MESSAGE = 32;
export const MAX_MENTIONS = 256;
export const MAX_EMOJI_CHARS = 32;
/** How long after its target an edit is accepted. */
export const EDIT_WINDOW_MS = 15 * 60_000;

/** [D1] unacknowledged entries per (device, conversation). */
export const STREAM_WINDOW = 256;
/** Summaries in one `ready`; the rest comes over HTTP. */
export const MAX_READY_CONVERSATIONS = 200;
/** A page of history. */
export const MAX_PAGE_ENTRIES = 200;
export const DEFAULT_PAGE_ENTRIES = 50;
/** Cursors in one `hello`, and users in one `watch`. */
export const MAX_HELLO_CURSORS = 1_000;
export const MAX_WATCHED = 256;
/** [R2] receipts are coalesced over this long. */
export const RECEIPT_INTERVAL_MS = 200;
/** Typing expires by itself after this long. */
export const TYPING_TTL_MS = 6_000;
/** [C4] a client acknowledges what it stored within this long. */
export const RECEIVED_WITHIN_MS = 250;
/** Group titles, in characters. */
export const MAX_TITLE_CHARS = 100;
/** [V4] the contract's default; configuration may lower or raise it. */
export const DEFAULT_MAX_GROUP_SIZE = 1_024;
/** A data URL for an avatar or thumbnail. */
export const MAX_AVATAR_CHARS = 16 * 1024;
export const MAX_THUMBNAIL_CHARS = 4 * 1024;

/** [M1] the contract's default limit of a file; configuration may lower or raise it. */
export const DEFAULT_MEDIA_MAX_BYTES = 100 * 1024 * 1024;
/** Files larger than this may go in parts of exactly this size. */
export const MEDIA_PART_BYTES = 8 * 1024 * 1024;
/** How long the bytes may take to come after an upload was announced. */
export const UPLOAD_TTL_MS = 24 * 60 * 60_000;
/** [M1] how long a file stays that no entry names. */
export const UNREFERENCED_MEDIA_MS = 24 * 60 * 60_000;
/** [M1] the longest life of a signed link. */
export const MEDIA_LINK_MS = 10 * 60_000;

/** [N1] how long a device has to acknowledge an entry before it is pushed to. */
export const PUSH_AFTER_MS = 3_000;
/** [N2] how long a push is worth delivering. */
export const PUSH_TTL_MS = 24 * 60 * 60_000;

/** [W4] close codes of the socket. */
export const Close = {
  protocolViolation: 4400,
  tokenExpired: 4401,
  deviceRevoked: 4403,
  noHello: 4408,
  replaced: 4409,
  flooding: 4429,
  restarting: 1012,
} as const;
export type CloseCode = (typeof Close)[keyof typeof Close];
