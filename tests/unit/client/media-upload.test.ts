/** Uploads of the SDK where a network is only played: what is left behind, whatever happens in the middle. */
import { expect, test } from "vitest";
import { MemoryMediaStore, MeridianMedia, type Transfer, type Upload } from "../../../client/media/index.ts";
import { Cell } from "../../../client/observable.ts";
import type { SessionState } from "../../../client/types/state.ts";
import type { ConversationId } from "../../../protocol/ids.ts";
import { FakeClock } from "./support/clock.ts";

const CHAT = "d_x" as ConversationId;

interface World {
  readonly media: MeridianMedia;
  readonly store: MemoryMediaStore;
  readonly session: Cell<SessionState>;
  /** Calls of the server's addresses, `METHOD path`. */
  readonly calls: string[];
  /** Resolves once the server is asked for an address; it answers with what the promise holds. */
  readonly asked: () => Promise<() => void>;
}

function world(transfer: Transfer = async () => ({ status: 204, text: "" })): World {
  const store = new MemoryMediaStore();
  const session = new Cell<SessionState>({ status: "loading" });
  const calls: string[] = [];
  const asked = Promise.withResolvers<void>();
  const answer = Promise.withResolvers<void>();
  const media = new MeridianMedia(
    {
      session,
      serverNow: () => 0,
      request: async (method, path) => {
        calls.push(`${method} ${path}`);
        asked.resolve();
        await answer.promise;
        return { id: "m1", uploadUrl: "https://files.test/m1", expiresAt: 1e12, partSize: 1_000 };
      },
    },
    {
      store,
      transfer,
      clock: new FakeClock(),
      random: () => 0,
      fetch: async (url, { method }) => {
        calls.push(`${method} ${url}`);
        return new Response(null, { status: 204 });
      },
    },
  );
  return { media, store, session, calls, asked: () => asked.promise.then(() => answer.resolve) };
}

/** Resolves once a state fits. */
function when(upload: Upload, fits: (state: Upload["current"]) => boolean): Promise<Upload["current"]> {
  return new Promise((resolve) => {
    const look = (state: Upload["current"]): void => {
      if (fits(state)) resolve(state);
    };
    upload.subscribe(look);
    look(upload.current);
  });
}

test("[M1] what was sent is held like what was fetched", async () => {
  const { media, asked, calls } = world();
  const upload = await media.upload(CHAT, new Blob(["a heron"]), { name: "heron.txt", type: "text/plain" });
  (await asked())();
  const sent = await upload.done();
  await upload.discard();
  expect(await (await media.open(CHAT, sent)).text()).toBe("a heron");
  expect(calls).toEqual([`POST /v1/conversations/${CHAT}/media`]);
});

test("[M1] given up while it is announced, it is gone here and there", async () => {
  const { media, store, asked, calls } = world();
  const upload = await media.upload(CHAT, new Blob(["a mistake"]));
  const answer = await asked();
  await upload.discard();
  answer();
  await expect.poll(() => calls).toContain("DELETE https://files.test/m1");
  expect(await store.uploads()).toEqual([]);
  expect(media.uploads.current).toEqual([]);
});

test("signed out in the middle, nothing comes back into the store", async () => {
  const { media, store, session, asked } = world();
  await media.upload(CHAT, new Blob(["a secret"]));
  const answer = await asked();
  session.set({ status: "signedOut", reason: "signedOut" });
  await expect.poll(() => media.uploads.current).toEqual([]);
  answer();
  // What the answer sets off is done within one turn of the event loop.
  await new Promise((resolve) => setTimeout(resolve, 0));
  expect(await store.uploads()).toEqual([]);
});

test("a file that can no longer be read fails at once and says so, before and after its digest is known", async () => {
  class Lost extends Blob {
    lost = true;
    override stream(): ReadableStream<Uint8Array<ArrayBuffer>> {
      return this.lost
        ? new ReadableStream({ pull: () => Promise.reject(new Error("NotReadableError")) })
        : super.stream();
    }
    override slice(): Blob {
      return this.lost ? new Lost() : super.slice();
    }
    override async arrayBuffer(): Promise<ArrayBuffer> {
      if (this.lost) throw new Error("NotReadableError");
      return super.arrayBuffer();
    }
  }
  const failed = (upload: Upload) => when(upload, ({ status }) => status === "failed");
  const never = world();
  expect((await failed(await never.media.upload(CHAT, new Lost(["x"])))).error?.code).toBe("storage");

  // A browser says "the request failed", and nothing more.
  const later = world(() => Promise.reject(new Error("the request failed")));
  const file = new Lost(["x"]);
  file.lost = false;
  const upload = await later.media.upload(CHAT, file);
  const answer = await later.asked();
  file.lost = true;
  answer();
  expect((await failed(upload)).error?.code).toBe("storage");
});
