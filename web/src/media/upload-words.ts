/** How an upload is, in words. Pure. */
import type { UploadState } from "../../../client/media/index.ts";
import { wordsFor } from "../words/errors.ts";
import { sizeOf } from "./words.ts";

type Shown = Pick<UploadState, "status" | "sent" | "size" | "error">;

/** True where the file itself is gone: trying again brings nothing. */
export function isLost({ status, error }: Shown): boolean {
  return status === "failed" && error?.code === "storage";
}

export function uploadWords(state: Shown): string {
  const { status, sent, size, error } = state;
  const part = `${sizeOf(sent)} of ${sizeOf(size)}`;
  switch (status) {
    case "waiting":
      return error === null ? `${sizeOf(size)}, waiting` : "No connection, trying again";
    case "preparing":
      return `${sizeOf(size)}, preparing`;
    case "sending":
      return part;
    case "paused":
      return `${part}, paused`;
    case "done":
      return sizeOf(size);
    case "failed":
      if (isLost(state)) return "This file is no longer on this device.";
      if (error?.code === "payload_too_large") return "The file is too large.";
      return error?.code === "offline" ? "Not sent: no connection." : `Not sent. ${wordsFor(error)}`;
  }
}
