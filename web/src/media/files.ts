/** The SDK's files of this page: what is on its way to the server, and what was fetched. */
import { IndexedDbMediaStore } from "../../../client/media/indexeddb.ts";
import { MeridianMedia } from "../../../client/media/index.ts";
import { meridian } from "../meridian.ts";

/** Held here as well, so that a file on its way can be shown and its message be put together. */
export const store = new IndexedDbMediaStore();
export const files = new MeridianMedia(meridian, { store });
