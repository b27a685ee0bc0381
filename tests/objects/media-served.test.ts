import { beforeAll, describe, expect, it } from "vitest";
import type { ConversationId } from "../../protocol/index.ts";
import { edge, refusal } from "./support/edge.ts";
import { linkTo, randomBytes, upload } from "./support/files.ts";
import { person, type TestDevice } from "./support/people.ts";

let device: TestDevice;
let conversation: ConversationId;

beforeAll(async () => {
  const ada = person("ada");
  device = await ada.device();
  conversation = await ada.directWith(ada);
});

async function served(type: string, name: string): Promise<Headers> {
  const text = Uint8Array.from(new TextEncoder().encode("<script>document.title = 'executed'</script>"));
  const { id } = await upload(device, conversation, text, { type, name });
  const answer = await edge(null, `GET ${await linkTo(device, conversation, id)}`);
  expect(answer.status).toBe(200);
  await answer.arrayBuffer();
  return answer.headers;
}

describe("what a browser makes of a file", () => {
  it.each([
    ["text/html", "a.html"],
    ["application/xhtml+xml", "a.xhtml"],
    ["image/svg+xml", "a.svg"],
    ["IMAGE/SVG+XML", "a.svg"],
    ["image/svg+xml;charset=utf-8", "a.svg"],
    ["text/xml", "a.xml"],
    ["application/xml", "a.xml"],
    ["text/javascript", "a.js"],
    ["application/javascript", "a.js"],
    ["application/wasm", "a.wasm"],
    ["text/css", "a.css"],
    ["multipart/related", "a.mht"],
    ["application/x-shockwave-flash", "a.swf"],
    ["video/evil+xml", "a.mp4"],
    ["image/unheard-of", "a.png"],
  ])("[M2] %s is saved, as bytes and nothing else", async (type, name) => {
    const headers = await served(type, name);
    expect(headers.get("Content-Type")).toBe("application/octet-stream");
    expect(headers.get("Content-Disposition")).toMatch(/^attachment; /);
    expect(headers.get("X-Content-Type-Options")).toBe("nosniff");
    expect(headers.get("Content-Security-Policy")).toBe("default-src 'none'; sandbox; frame-ancestors 'none'");
  });

  it.each([
    ["image/png", "a.png"],
    ["image/jpeg", "a.jpg"],
    ["audio/webm;codecs=opus", "a.weba"],
    ["Audio/MPEG", "a.mp3"],
    ["video/mp4", "a.mp4"],
  ])("[M2] %s is shown, in a sandbox", async (type, name) => {
    const headers = await served(type, name);
    expect(headers.get("Content-Type")).toBe(type.toLowerCase().split(";")[0]);
    expect(headers.get("Content-Disposition")).toMatch(/^inline; /);
    expect(headers.get("X-Content-Type-Options")).toBe("nosniff");
    expect(headers.get("Content-Security-Policy")).toContain("sandbox");
  });

  it("[M2] documents keep their type and are saved", async () => {
    const headers = await served("application/pdf", "a.pdf");
    expect(headers.get("Content-Type")).toBe("application/pdf");
    expect(headers.get("Content-Disposition")).toMatch(/^attachment; /);
  });

  it.each([
    ['résumé "final".pdf', `filename="r_sum_ _final_.pdf"; filename*=UTF-8''r%C3%A9sum%C3%A9%20%22final%22.pdf`],
    ["../../etc/passwd", `filename="passwd"; filename*=UTF-8''passwd`],
    ["C:\\temp\\x.txt", `filename="x.txt"; filename*=UTF-8''x.txt`],
    ["..", `filename="file"; filename*=UTF-8''file`],
    ["a\r\nSet-Cookie: b", `filename="a__Set-Cookie: b"; filename*=UTF-8''a%0D%0ASet-Cookie%3A%20b`],
    ["it's (1)*.png", `filename="it's (1)*.png"; filename*=UTF-8''it%27s%20%281%29%2A.png`],
  ])("[M2] the name %j is a name and nothing else", async (name, expected) => {
    const headers = await served("application/pdf", name);
    expect(headers.get("Content-Disposition")).toBe(`attachment; ${expected}`);
    expect(headers.get("Set-Cookie")).toBeNull();
  });
});

describe.each([
  ["a small file, from the cache", 5_000],
  ["a large file, from the store", 2_000_000],
  ["a file of several stretches", 9_000_000],
])("parts of %s", (_what, size) => {
  const bytes = randomBytes(size);
  let link: string;
  let etag: string;

  beforeAll(async () => {
    const { id } = await upload(device, conversation, bytes);
    link = await linkTo(device, conversation, id);
    const answer = await edge(null, `GET ${link}`);
    expect(equal(await answer.arrayBuffer(), bytes)).toBe(true);
    expect(answer.headers.get("Content-Length")).toBe(String(size));
    expect(answer.headers.get("Accept-Ranges")).toBe("bytes");
    etag = answer.headers.get("ETag") ?? "";
    expect(etag).toMatch(/^"[\w-]+"$/);
  });

  const get = (headers: Record<string, string>) => edge(null, `GET ${link}`, { headers });

  it.each([
    ["bytes=0-0", 0, 0],
    ["bytes=0-99", 0, 99],
    ["bytes=1000-", 1_000, size - 1],
    ["bytes=-500", size - 500, size - 1],
    [`bytes=-${size * 2}`, 0, size - 1],
    [`bytes=${size - 1}-${size * 2}`, size - 1, size - 1],
    [`bytes=${Math.floor(size / 3)}-${Math.floor(size * 0.95)}`, Math.floor(size / 3), Math.floor(size * 0.95)],
  ])("[M1] Range: %s", async (range, from, to) => {
    const answer = await get({ Range: range });
    expect(answer.status).toBe(206);
    expect(answer.headers.get("Content-Range")).toBe(`bytes ${from}-${to}/${size}`);
    expect(answer.headers.get("Content-Length")).toBe(String(to - from + 1));
    expect(equal(await answer.arrayBuffer(), bytes.subarray(from, to + 1))).toBe(true);
  });

  it.each([`bytes=${size}-`, `bytes=${size * 2}-${size * 3}`, "bytes=-0"])("[M1] Range: %s is 416", async (range) => {
    const answer = await get({ Range: range });
    expect(answer.headers.get("Content-Range")).toBe(`bytes */${size}`);
    expect(await refusal(answer)).toBe("416 range_not_satisfiable");
  });

  it.each(["bytes=5-2", "bytes=0-1,5-6", "lines=1-2", "bytes=a-b", "bytes=-"])(
    "[M1] Range: %s is answered with everything",
    async (range) => {
      const answer = await get({ Range: range });
      expect(answer.status).toBe(200);
      expect((await answer.arrayBuffer()).byteLength).toBe(size);
    },
  );

  it("[M1] If-None-Match with the ETag is 304, with another one everything", async () => {
    for (const held of [etag, `W/${etag}`, `"other", ${etag}`, "*"]) {
      const answer = await get({ "If-None-Match": held });
      expect([answer.status, answer.headers.get("ETag"), await answer.text()]).toStrictEqual([304, etag, ""]);
    }
    const other = await get({ "If-None-Match": '"other"' });
    expect([other.status, (await other.arrayBuffer()).byteLength]).toStrictEqual([200, size]);
  });

  it("[M1] If-Range with the ETag gives the part, with another one everything", async () => {
    const same = await get({ "If-Range": etag, Range: "bytes=1-2" });
    expect([same.status, (await same.arrayBuffer()).byteLength]).toStrictEqual([206, 2]);
    for (const held of ['"other"', `W/${etag}`, "Wed, 21 Oct 2015 07:28:00 GMT"]) {
      const other = await get({ "If-Range": held, Range: "bytes=1-2" });
      expect([other.status, (await other.arrayBuffer()).byteLength]).toStrictEqual([200, size]);
    }
  });

  it("[M1] HEAD says as much as GET", async () => {
    const answer = await edge(null, `HEAD ${link}`);
    expect([answer.status, answer.headers.get("Content-Length"), await answer.text()]).toStrictEqual([
      200,
      String(size),
      "",
    ]);
  });
});

function equal(buffer: ArrayBuffer, bytes: Uint8Array): boolean {
  const other = new Uint8Array(buffer);
  return other.byteLength === bytes.byteLength && other.every((byte, index) => byte === bytes[index]);
}
