import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { MEDIA_PART_BYTES, type UploadState } from "../../protocol/index.ts";
import { mediaKey } from "../../durable-objects/rpc/media.ts";
import { edge, refusal } from "./support/edge.ts";
import { announce, isStored, linkTo, randomBytes, sha256 } from "./support/files.ts";
import { person } from "./support/people.ts";

const SIZE = 2 * MEDIA_PART_BYTES + 1_000;
const bytes = randomBytes(SIZE);
const part = (number: number, of = bytes) => of.slice((number - 1) * MEDIA_PART_BYTES, number * MEDIA_PART_BYTES);

async function begun(of = bytes) {
  const ada = person("ada");
  const phone = await ada.device();
  const conversation = await ada.directWith(ada);
  const ticket = await announce(phone, conversation, of);
  const { uploadUrl } = ticket;
  return {
    ...ticket,
    phone,
    conversation,
    put: (number: number, body: BodyInit = part(number)) =>
      edge(null, `PUT ${uploadUrl}&part=${number}`, { bytes: body }),
    complete: () => edge(null, `POST ${uploadUrl}`),
    state: async (): Promise<UploadState> => (await edge(null, `GET ${uploadUrl}`)).json(),
  };
}

describe("a file that comes in parts", () => {
  it("[M1] in any order, repeated or not, and is the file in the end", async () => {
    const { id, phone, conversation, partSize, put, complete, state } = await begun();
    expect(partSize).toBe(MEDIA_PART_BYTES);
    expect(await state()).toStrictEqual({ id, size: SIZE, partSize, parts: [], complete: false });
    for (const number of [3, 1, 3]) expect((await put(number)).status).toBe(204);
    expect((await state()).parts).toStrictEqual([1, 3]);
    expect(await isStored(conversation, id)).toBe(false);
    await put(2);
    const done = await complete();
    expect([done.status, await done.json()]).toStrictEqual([201, { id, size: SIZE, sha256: await sha256(bytes) }]);
    expect((await state()).complete).toBe(true);
    const answer = await edge(null, `GET ${await linkTo(phone, conversation, id)}`);
    expect(await sha256(await answer.arrayBuffer())).toBe(await sha256(bytes));
  });

  it("[M1] parts that are asked for at once come out as one upload", async () => {
    const { put, complete } = await begun();
    expect((await Promise.all([put(1), put(2), put(3)])).map(({ status }) => status)).toStrictEqual([204, 204, 204]);
    expect((await complete()).status).toBe(201);
  });

  it("[M1] is not put together while parts are missing, and says which", async () => {
    const { id, conversation, put, complete } = await begun();
    await put(2);
    const answer = await complete();
    expect(await answer.clone().json()).toMatchObject({ errors: [{ path: "parts.1" }, { path: "parts.3" }] });
    expect(await refusal(answer)).toBe("422 invalid_request");
    expect(await isStored(conversation, id)).toBe(false);
  });

  it("[M1] a part of a wrong size or number is refused, and the others stay", async () => {
    const { put, state } = await begun();
    await put(1);
    expect(await refusal(put(2, randomBytes(10)))).toBe("422 digest_mismatch");
    expect(await refusal(put(3, part(1)))).toBe("422 digest_mismatch");
    expect(await refusal(put(4, part(1)))).toBe("422 invalid_request");
    expect(await refusal(put(0, part(1)))).toBe("422 invalid_request");
    expect((await state()).parts).toStrictEqual([1]);
  });

  it("[M1] a wrong digest leaves nothing, and the upload may begin anew", async () => {
    const { id, phone, conversation, put, complete, state } = await begun();
    await Promise.all([put(1), put(2, randomBytes(MEDIA_PART_BYTES)), put(3)]);
    expect(await refusal(complete())).toBe("422 digest_mismatch");
    expect(await isStored(conversation, id)).toBe(false);
    expect(await refusal(edge(phone, `GET /v1/conversations/${conversation}/media/${id}`))).toBe("404 not_found");
    expect(await state()).toMatchObject({ parts: [], complete: false });
    await Promise.all([put(1), put(2), put(3)]);
    expect((await complete()).status).toBe(201);
  });

  it("[M1] an answer to `complete` that was lost can be asked for again, wherever it was lost", async () => {
    const { id, conversation, put, complete } = await begun();
    await Promise.all([put(1), put(2), put(3)]);
    // As if the edge had died between the store's answer and the object's.
    const { multipart, parts } = await runInDurableObject(
      env.CONVERSATION.getByName(conversation),
      (_instance, { storage }) => ({
        ...storage.sql.exec<{ multipart: string }>("SELECT multipart FROM media WHERE id = ?", id).one(),
        parts: storage.sql
          .exec<{ number: number; etag: string }>("SELECT number, etag FROM media_parts ORDER BY number")
          .toArray(),
      }),
    );
    const upload = env.MEDIA.resumeMultipartUpload(mediaKey(conversation, id) ?? "", multipart);
    await upload.complete(parts.map(({ number, etag }) => ({ partNumber: number, etag })));
    expect((await complete()).status).toBe(201);
    expect((await complete()).status).toBe(201);
  });

  it("[M1] parts that the store gave up are sent again", async () => {
    const { id, conversation, put, complete, state } = await begun();
    await put(1);
    const { multipart } = await runInDurableObject(env.CONVERSATION.getByName(conversation), (_instance, { storage }) =>
      storage.sql.exec<{ multipart: string }>("SELECT multipart FROM media WHERE id = ?", id).one(),
    );
    await env.MEDIA.resumeMultipartUpload(mediaKey(conversation, id) ?? "", multipart).abort();
    expect(await refusal(put(2))).toBe("503 unavailable");
    expect((await state()).parts).toStrictEqual([]);
    await Promise.all([put(1), put(2), put(3)]);
    expect((await complete()).status).toBe(201);
  });

  it("[M1] may come as a whole after all", async () => {
    const { id, conversation, uploadUrl, put } = await begun();
    await put(1);
    expect((await edge(null, `PUT ${uploadUrl}`, { bytes })).status).toBe(201);
    expect(await isStored(conversation, id)).toBe(true);
  });

  it("[M1] is gone once it is cancelled, and so are its parts", async () => {
    const { id, phone, conversation, uploadUrl, put } = await begun();
    await put(1);
    expect((await edge(phone, `DELETE ${uploadUrl}`)).status).toBe(204);
    expect(await refusal(put(2))).toBe("404 not_found");
    expect(await refusal(edge(phone, `DELETE ${uploadUrl}`))).toBe("404 not_found");
    await runDurableObjectAlarm(env.CONVERSATION.getByName(conversation));
    const left = await runInDurableObject(env.CONVERSATION.getByName(conversation), (_instance, { storage }) =>
      storage.sql
        .exec<{ n: number }>("SELECT (SELECT count(*) FROM media) + (SELECT count(*) FROM media_parts) AS n")
        .one(),
    );
    expect(left).toStrictEqual({ n: 0 });
    expect(await isStored(conversation, id)).toBe(false);
  });
});
