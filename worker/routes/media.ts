/** `/v1/conversations/{id}/media`: files of a conversation [M1, M2]. */
import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import { uuidv7 } from "uuidv7";
import {
  DEFAULT_MEDIA_MAX_BYTES,
  MEDIA_PART_BYTES,
  MediaLink,
  MeridianError,
  normalDigest,
  StartUpload,
  Uploaded,
  UploadState,
  UploadTicket,
} from "../../protocol/index.ts";
import { newMediaId } from "../../durable-objects/rpc/media.ts";
import { bearerOf } from "../auth/bearer.ts";
import { identified } from "../auth/caller.ts";
import { tokensOf } from "../auth/tokens.ts";
import type { Edge, EdgeContext } from "../edge.ts";
import { jsonBody } from "../http/body.ts";
import { discard } from "../media/bytes.ts";
import { linkExpiry, linkUrl, uploadUrl, verifyLink, verifyUpload, type UploadClaims } from "../media/links.ts";
import { serve } from "../media/serve.ts";
import { Receiver } from "../media/upload.ts";
import { userObject } from "../objects.ts";
import { body, BODY, json, nothing, Path, problems, signedInProblems, Tag, withBearer } from "../openapi/describe.ts";

/** Signed addresses need no access token; where one is sent, it must be of the user that the address was made for. */
const bySignature = [{}, ...withBearer];
const UPLOAD = "Signed: use the `uploadUrl` as it was given out.";
const SIGNED = ["invalid_token", "token_expired", "device_revoked", "not_found", "media_expired"] as const;
const bytes = {
  description: "The bytes.",
  content: { "application/octet-stream": { schema: z.string().meta({ format: "binary" }) } },
};

const start = createRoute({
  method: "post",
  path: "/v1/conversations/{id}/media",
  operationId: "startUpload",
  tags: [Tag.media],
  summary: "Announce a file",
  description: "Answers where its bytes are to be sent. A file that no message names goes after 24 hours.",
  security: withBearer,
  middleware: [identified, ...jsonBody] as const,
  request: { params: Path.conversation, body: body(StartUpload) },
  responses: {
    201: json(UploadTicket, "Send the bytes to `uploadUrl`."),
    ...signedInProblems(...BODY, "not_found", "rate_limited"),
  },
});

const put = createRoute({
  method: "put",
  path: "/v1/conversations/{id}/media/{mediaId}/upload",
  operationId: "putBytes",
  tags: [Tag.media],
  summary: "Send a file, or a part of one",
  description: `${UPLOAD} With \`part\` added: that part, from 1, of \`partSize\` bytes, the last one of the rest.`,
  security: bySignature,
  request: {
    params: Path.media,
    query: z.object({
      part: z.coerce.number().int().min(1).max(10_000).optional().meta({ type: "integer", example: 1 }),
    }),
    body: { required: true, ...bytes },
  },
  responses: {
    201: json(Uploaded, "All bytes are there and are the announced ones."),
    204: nothing("The part is there."),
    ...problems(...SIGNED, "digest_mismatch", "invalid_request"),
  },
});

const progress = createRoute({
  method: "get",
  path: "/v1/conversations/{id}/media/{mediaId}/upload",
  operationId: "uploadState",
  tags: [Tag.media],
  summary: "How far an upload has come",
  description: UPLOAD,
  security: bySignature,
  request: { params: Path.media },
  responses: { 200: json(UploadState, "What the server holds."), ...problems(...SIGNED) },
});

const complete = createRoute({
  method: "post",
  path: "/v1/conversations/{id}/media/{mediaId}/upload",
  operationId: "completeUpload",
  tags: [Tag.media],
  summary: "Put the parts together",
  description: `${UPLOAD} Where the digest is wrong nothing is kept, and the upload may begin anew.`,
  security: bySignature,
  request: { params: Path.media },
  responses: {
    201: json(Uploaded, "All bytes are there and are the announced ones."),
    ...problems(...SIGNED, "digest_mismatch", "invalid_request"),
  },
});

const cancel = createRoute({
  method: "delete",
  path: "/v1/conversations/{id}/media/{mediaId}/upload",
  operationId: "cancelUpload",
  tags: [Tag.media],
  summary: "Give an upload up",
  description: UPLOAD,
  security: bySignature,
  request: { params: Path.media },
  responses: { 204: nothing("Nothing of it is kept."), ...problems(...SIGNED, "forbidden") },
});

const read = createRoute({
  method: "get",
  path: "/v1/conversations/{id}/media/{mediaId}",
  operationId: "media",
  tags: [Tag.media],
  summary: "Where the bytes of a file are",
  description:
    "For members who may see a message that names it. With `as=link` the address is answered as JSON instead.",
  security: withBearer,
  middleware: [identified] as const,
  request: { params: Path.media, query: z.object({ as: z.literal("link").optional() }) },
  responses: {
    200: json(MediaLink, "The address of the bytes, with `as=link`."),
    302: nothing("To a signed address of the bytes, good for 5 to 10 minutes and the same for all members."),
    ...signedInProblems("not_found", "invalid_request"),
  },
});

const content = createRoute({
  method: "get",
  path: "/v1/conversations/{id}/media/{mediaId}/content",
  operationId: "mediaContent",
  tags: [Tag.media],
  summary: "The bytes of a file",
  description: "Signed: use the address as it was given out. Takes `Range`, `If-Range` and `If-None-Match`.",
  security: bySignature,
  request: { params: Path.media },
  responses: {
    200: bytes,
    206: { ...bytes, description: "The part that `Range` asked for." },
    304: nothing("The caller holds them already."),
    ...problems("invalid_token", "not_found", "media_expired", "range_not_satisfiable"),
  },
});

export const media = new OpenAPIHono<Edge>()
  .openapi(start, async (c) => {
    const { id: conversation } = c.req.valid("param");
    const { user, device } = c.get("caller");
    const { name, type, size, sha256: given } = c.req.valid("json");
    const limit = maxBytes(c.env.MEDIA_MAX_BYTES);
    if (size > limit) throw new MeridianError("payload_too_large", `A file has at most ${limit} bytes.`);
    const sha256 = normalDigest(given) ?? given;
    const id = newMediaId(uuidv7());
    const ask = { id, name, type, size, sha256 };
    const { expiresAt: expires } = await userObject(c.env, user).media(device, conversation, "start", ask);
    const address = await uploadUrl(c.env.MEDIA_LINK_KEY, { conversation, id, user, device, size, sha256, expires });
    return c.json({ id, uploadUrl: absolute(c, address), expiresAt: expires, partSize: MEDIA_PART_BYTES }, 201);
  })
  .openapi(put, async (c) => {
    const { part } = c.req.valid("query");
    try {
      const claims = await uploadOf(c);
      const receiver = new Receiver(c.env, claims);
      if (part === undefined) {
        await receiver.whole(c.req.raw);
        return c.json(uploadedOf(claims), 201);
      }
      await receiver.part(part, c.req.raw);
      return c.body(null, 204);
    } catch (error) {
      await discard(c.req.raw).catch(() => undefined);
      throw error;
    }
  })
  .openapi(progress, async (c) => c.json(await new Receiver(c.env, await uploadOf(c)).state(), 200))
  .openapi(complete, async (c) => {
    const claims = await uploadOf(c);
    await new Receiver(c.env, claims).complete();
    return c.json(uploadedOf(claims), 201);
  })
  .openapi(cancel, async (c) => {
    await new Receiver(c.env, await uploadOf(c)).cancel();
    return c.body(null, 204);
  })
  .openapi(read, async (c) => {
    const { id: conversation, mediaId: id } = c.req.valid("param");
    const { user, device } = c.get("caller");
    const { size } = await userObject(c.env, user).media(device, conversation, "read", { id });
    const expiresAt = linkExpiry(Date.now());
    const url = absolute(c, await linkUrl(c.env.MEDIA_LINK_KEY, { conversation, id, size, expires: expiresAt }));
    return c.req.valid("query").as === "link" ? c.json({ url, expiresAt }, 200) : c.redirect(url, 302);
  })
  .openapi(content, async (c) => {
    const now = Date.now();
    const claims = await verifyLink(c.env.MEDIA_LINK_KEY, c.req.valid("param"), c.req.query(), now);
    return serve(c, claims, now);
  });

/** What an upload address allows, once it is known to be ours and, where the caller shows who it is, the caller's. */
async function uploadOf(c: EdgeContext): Promise<UploadClaims> {
  const path = { id: c.req.param("id") ?? "", mediaId: c.req.param("mediaId") ?? "" };
  const claims = await verifyUpload(c.env.MEDIA_LINK_KEY, path, c.req.query(), Date.now());
  const token = bearerOf(c.req.header("Authorization"));
  if (token === undefined) return claims;
  const caller = await tokensOf(c.env).verify(token);
  c.set("caller", caller);
  if (caller.user !== claims.user) throw new MeridianError("not_found", "There is nothing at this address.");
  return claims;
}

function uploadedOf({ id, size, sha256 }: UploadClaims): Uploaded {
  return { id, size, sha256 };
}

/** The address as this caller reaches the service. */
function absolute(c: EdgeContext, path: string): string {
  return new URL(path, c.req.url).href;
}

function maxBytes(setting: string | undefined): number {
  const bytes = Number(setting);
  return Number.isSafeInteger(bytes) && bytes > 0 ? bytes : DEFAULT_MEDIA_MAX_BYTES;
}
