/** Saves a file of a message on the device. */
import type { ConversationId, Media } from "../../../client/index.ts";
import { sayError } from "../state/toasts.ts";
import { files } from "./files.ts";

/** The browser does it from a signed link: no matter how large it is, it never lies in the page's memory. */
export async function download(conversation: ConversationId, media: Media): Promise<void> {
  try {
    const link = document.createElement("a");
    link.href = await files.link(conversation, media);
    link.download = media.name;
    link.click();
  } catch (error) {
    sayError(error);
  }
}

/** One after the other: the browser asks whether a page may save several. */
export async function downloadAll(conversation: ConversationId, media: readonly Media[]): Promise<void> {
  for (const one of media) await download(conversation, one);
}
