import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { MEDIA_LINK_MS } from "../../protocol/index.ts";
import { linkUrl, uploadUrl } from "../../worker/media/links.ts";
import { edge, refusal } from "./support/edge.ts";
import { announce, isStored, linkTo, randomBytes, sha256, upload } from "./support/files.ts";
import { person } from "./support/people.ts";

async function three() {
  const [ada, ben, eve] = [person("ada"), person("ben"), person("eve")];
  const [a, b, e] = [await ada.device(), await ben.device(), await eve.device()];
  return { ada, ben, eve, a, b, e, conversation: await ada.directWith(ben) };
}

describe("sending a file", () => {
  it("[M1] what goes in comes out, to members", async () => {
    const { a, b, conversation } = await three();
    const bytes = randomBytes(100_000);
    const { id } = await upload(a, conversation, bytes);
    for (const device of [a, b]) {
      const answer = await edge(null, `GET ${await linkTo(device, conversation, id)}`);
      expect(answer.status).toBe(200);
      expect(await sha256(await answer.arrayBuffer())).toBe(await sha256(bytes));
    }
  });

  it("[M1] an empty file is a file", async () => {
    const { a, conversation } = await three();
    const { id } = await upload(a, conversation, new Uint8Array());
    expect(await (await edge(null, `GET ${await linkTo(a, conversation, id)}`)).text()).toBe("");
  });

  it("[M1] a wrong digest is 422 and nothing is kept; the right bytes may follow", async () => {
    const { a, conversation } = await three();
    const bytes = randomBytes(50_000);
    const { id, uploadUrl: address } = await announce(a, conversation, bytes);
    const wrong = bytes.with(7, (bytes[7] ?? 0) ^ 1);
    expect(await refusal(edge(null, `PUT ${address}`, { bytes: wrong }))).toBe("422 digest_mismatch");
    expect(await isStored(conversation, id)).toBe(false);
    expect(await refusal(edge(a, `GET /v1/conversations/${conversation}/media/${id}`))).toBe("404 not_found");
    expect((await edge(null, `PUT ${address}`, { bytes })).status).toBe(201);
    expect(await isStored(conversation, id)).toBe(true);
  });

  it("[M1] too few and too many bytes are 422 and nothing is kept, with and without a Content-Length", async () => {
    const { a, conversation } = await three();
    const bytes = randomBytes(50_000);
    const { id, uploadUrl: address } = await announce(a, conversation, bytes);
    for (const size of [0, 1, 49_999, 50_001, 200_000]) {
      const other = new Uint8Array(size);
      other.set(bytes.subarray(0, size));
      const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
      const writer = writable.getWriter();
      void writer.write(other).then(
        () => writer.close(),
        () => undefined,
      );
      for (const body of [other, readable]) {
        expect(await refusal(edge(null, `PUT ${address}`, { bytes: body }))).toBe("422 digest_mismatch");
      }
    }
    expect(await isStored(conversation, id)).toBe(false);
  });

  it("[M1] a repeated upload is answered as the first", async () => {
    const { a, conversation } = await three();
    const bytes = randomBytes(1_000);
    const { id, uploadUrl: address } = await announce(a, conversation, bytes);
    for (let attempt = 0; attempt < 3; attempt++) {
      const answer = await edge(null, `PUT ${address}`, { bytes });
      expect([answer.status, await answer.json()]).toStrictEqual([
        201,
        { id, size: 1_000, sha256: await sha256(bytes) },
      ]);
    }
  });

  it("[M1] digests may be hexadecimal", async () => {
    const { a, conversation } = await three();
    const bytes = randomBytes(10);
    const hex = [...new Uint8Array(await crypto.subtle.digest("SHA-256", bytes))]
      .map((byte) => byte.toString(16).padStart(2, "0"))
      .join("");
    const json = { name: "a.bin", type: "image/png", size: 10, sha256: hex.toUpperCase() };
    const answer = await edge(a, `POST /v1/conversations/${conversation}/media`, { json });
    const { id, uploadUrl: address } = await answer.json<{ id: string; uploadUrl: string }>();
    expect((await edge(null, `PUT ${address}`, { bytes })).status).toBe(201);
    const socket = await a.connect();
    await socket.append(conversation, "message", { media: [{ ...json, id }] });
  });

  it("[M1] [H2] a file past the limit is 413; one that makes no sense is 422", async () => {
    const { a, conversation } = await three();
    const good = { name: "a", type: "image/png", size: 1, sha256: await sha256(new Uint8Array(1)) };
    const route = `POST /v1/conversations/${conversation}/media`;
    const limit = Number(env.MEDIA_MAX_BYTES);
    expect((await edge(a, route, { json: { ...good, size: limit } })).status).toBe(201);
    expect(await refusal(edge(a, route, { json: { ...good, size: limit + 1 } }))).toBe("413 payload_too_large");
    for (const wrong of [
      { size: -1 },
      { size: 1.5 },
      { name: "" },
      { type: "no type" },
      { type: "text/html\r\nX-Evil: 1" },
      { sha256: "short" },
      { sha256: "!".repeat(43) },
    ]) {
      expect(await refusal(edge(a, route, { json: { ...good, ...wrong } }))).toBe("422 invalid_request");
    }
  });

  it("[M1] uploads that wait to be sent are bounded per user", async () => {
    const { a, b, conversation } = await three();
    const json = { name: "a", type: "image/png", size: 1, sha256: await sha256(new Uint8Array(1)) };
    const route = `POST /v1/conversations/${conversation}/media`;
    for (let count = 0; count < 256; count += 32) {
      await Promise.all(Array.from({ length: 32 }, () => edge(a, route, { json })));
    }
    expect(await refusal(edge(a, route, { json }))).toBe("429 rate_limited");
    expect((await edge(b, route, { json })).status).toBe(201);
  });
});

describe("who gets nothing", () => {
  it("[M1] [H4] a non-member, by any id", async () => {
    const { a, e, eve, conversation } = await three();
    const { id } = await upload(a, conversation, randomBytes(10));
    const own = await eve.directWith(eve);
    const json = { name: "a", type: "image/png", size: 1, sha256: await sha256(new Uint8Array(1)) };
    expect(await refusal(edge(e, `POST /v1/conversations/${conversation}/media`, { json }))).toBe("404 not_found");
    for (const path of [
      `/v1/conversations/${conversation}/media/${id}`,
      `/v1/conversations/${own}/media/${id}`,
      `/v1/conversations/${own}/media/m_${"0".repeat(32)}`,
      `/v1/conversations/${own}/media/..%2F..%2F${conversation}%2Fmedia%2F${id}`,
      `/v1/conversations/${own}/media/%2e%2e`,
      `/v1/conversations/${own}/../${conversation}/media/${id}`,
    ]) {
      expect(await refusal(edge(e, `GET ${path}`))).toBe("404 not_found");
    }
    expect(await refusal(edge(null, `GET /v1/conversations/${conversation}/media/${id}`))).toBe("401 invalid_token");
  });

  it("[M1] somebody who left, and a device that was signed out", async () => {
    const [ada, ben] = [person("ada"), person("ben")];
    const [a, b] = [await ada.device(), await ben.device()];
    const group = await ada.group("crew", ben);
    const { id } = await upload(a, group, randomBytes(10));
    const read = `GET /v1/conversations/${group}/media/${id}`;
    expect((await edge(b, read)).status).toBe(302);
    await ada.object.removeMember(group, ben.id);
    expect(await refusal(edge(b, read))).toBe("404 not_found");
    const { uploadUrl: address } = await announce(a, group, randomBytes(10));
    await ada.object.revokeDevice(a.id);
    expect(await refusal(edge(a, read))).toBe("401 device_revoked");
    expect(await refusal(edge(null, `PUT ${address}`, { bytes: randomBytes(10) }))).toBe("401 device_revoked");
  });

  it("[M1] an altered, unsigned, foreign or expired upload address", async () => {
    const { a, b, e, conversation } = await three();
    const bytes = randomBytes(10);
    const { id, uploadUrl: address } = await announce(a, conversation, bytes);
    const other = await announce(a, conversation, randomBytes(20));
    const put = (url: string | URL, device = null as typeof a | null) =>
      refusal(edge(device, `PUT ${String(url)}`, { bytes }));
    for (const name of ["user", "device", "size", "sha256", "expires", "signature"]) {
      const altered = new URL(address);
      const value = altered.searchParams.get(name) ?? "";
      altered.searchParams.set(name, name === "size" || name === "expires" ? `${Number(value) + 1}` : flip(value));
      expect(await put(altered), name).toBe("404 not_found");
    }
    const moved = new URL(address);
    moved.pathname = new URL(other.uploadUrl).pathname;
    expect(await put(moved)).toBe("404 not_found");
    expect(await put(address.replace(/&signature=.*/, ""))).toBe("401 invalid_token");
    expect(await put(address, b)).toBe("404 not_found");
    expect(await put(address, e)).toBe("404 not_found");
    const claims = { conversation, id, user: a.owner.id, device: a.id, size: 10, sha256: await sha256(bytes) };
    const late = await uploadUrl(env.MEDIA_LINK_KEY, { ...claims, expires: Date.now() - 1 });
    expect(await put(late)).toBe("410 media_expired");
    const foreign = await uploadUrl("A".repeat(43), { ...claims, expires: Date.now() + 60_000 });
    expect(await put(foreign)).toBe("404 not_found");
    expect(await isStored(conversation, id)).toBe(false);
    expect((await edge(a, `PUT ${address}`, { bytes })).status).toBe(201);
  });

  it("[M1] an altered, unsigned or expired link; and none outlives its signature", async () => {
    const { a, conversation } = await three();
    const { id } = await upload(a, conversation, randomBytes(10));
    const other = await upload(a, conversation, randomBytes(10));
    const link = await linkTo(a, conversation, id);
    // It is in the cache from here on: a cached file is no way around the signature.
    expect((await edge(null, `GET ${link}`)).status).toBe(200);
    for (const name of ["size", "expires", "signature"]) {
      const altered = new URL(link);
      const value = altered.searchParams.get(name) ?? "";
      altered.searchParams.set(name, name === "signature" ? flip(value) : `${Number(value) + 60_000}`);
      expect(await refusal(edge(null, `GET ${altered.href}`)), name).toBe("404 not_found");
    }
    expect(await refusal(edge(null, `GET ${link.replace(id, other.id)}`))).toBe("404 not_found");
    expect(await refusal(edge(null, `GET ${link.replace("/content?", "/upload?")}`))).toBe("404 not_found");
    expect(await refusal(edge(null, `GET ${link.split("?")[0]}`))).toBe("401 invalid_token");
    const claims = { conversation, id, size: 10, expires: Date.now() - 1 };
    const late = await linkUrl(env.MEDIA_LINK_KEY, claims);
    expect(await refusal(edge(null, `GET ${late}`))).toBe("410 media_expired");
  });

  it("[M1] links end within ten minutes, are the same for all members, and caches are told when they end", async () => {
    const { a, b, conversation } = await three();
    const { id } = await upload(a, conversation, randomBytes(10));
    const json = await (
      await edge(a, `GET /v1/conversations/${conversation}/media/${id}?as=link`)
    ).json<{ url: string; expiresAt: number }>();
    const left = json.expiresAt - Date.now();
    expect(left).toBeGreaterThan(0);
    expect(left).toBeLessThanOrEqual(MEDIA_LINK_MS);
    if (left > MEDIA_LINK_MS / 2 + 1_000) expect(await linkTo(b, conversation, id)).toBe(json.url);
    const control = (await edge(null, `GET ${json.url}`)).headers.get("Cache-Control") ?? "";
    const maxAge = Number(/^public, max-age=(\d+), immutable$/.exec(control)?.[1]);
    expect(maxAge * 1000).toBeLessThanOrEqual(left);
  });
});

/** Another text of the same alphabet and length. */
function flip(text: string): string {
  return (text.startsWith("A") ? "B" : "A") + text.slice(1);
}
