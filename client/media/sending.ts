/**
 * The way of one file to the server, from its bytes to what a message names. Every step leaves behind what the next try
 * needs; a try begins by asking the server how far it is.
 */
import type { Media } from "../../protocol/entry.ts";
import type { UploadState as Progress, UploadTicket } from "../../protocol/media.ts";
import type { Method } from "../engine/http.ts";
import type { Fetch } from "../types/options.ts";
import { checkReadable, digestOf } from "./digest.ts";
import type { UploadRecord } from "./store.ts";
import { answered, type Transfer } from "./transfer.ts";

/** An address with less left is not begun with. */
const MARGIN_MS = 60_000;

export interface SendingPorts {
  readonly request: (method: Method, path: string, body?: unknown) => Promise<unknown>;
  readonly fetch: Fetch;
  readonly transfer: Transfer;
  /** Server time in ms. */
  readonly now: () => number;
  /** Keeps what was found out. */
  readonly save: (patch: Partial<UploadRecord>) => Promise<UploadRecord>;
  readonly onStatus: (status: "preparing" | "sending") => void;
  /** Bytes that are through. */
  readonly onSent: (sent: number) => void;
}

/**
 * Brings a file to the server, from wherever an earlier try stopped.
 *
 * @throws MeridianError what the server or the network said; `storage` where the file cannot be read any more; the signal's reason
 */
export async function sendFile(start: UploadRecord, ports: SendingPorts, signal: AbortSignal): Promise<Media> {
  ports.onStatus("preparing");
  const sha256 = start.sha256 ?? (await digestOf(start.file, signal));
  const record = start.sha256 === null ? await ports.save({ sha256 }) : start;
  const ticket = await announced(record, sha256, ports);
  ports.onStatus("sending");
  const { file } = record;
  try {
    if (file.size > ticket.partSize) await sendParts(file, ticket, ports, signal);
    else await answered(ports.transfer(ticket.uploadUrl, file, ports.onSent, signal));
  } catch (error) {
    // A runtime that cannot read the body says the same as one without a network.
    if (!signal.aborted) await checkReadable(file);
    throw error;
  }
  const { name, type, details } = record;
  const media: Media = { id: ticket.id, name, type, size: file.size, sha256, ...details };
  await ports.save({ media });
  return media;
}

/** The address to send to: the one that there is, while it is good for anything. */
async function announced(
  { conversation, name, type, file, ticket }: UploadRecord,
  sha256: string,
  ports: SendingPorts,
) {
  if (ticket !== null && ticket.expiresAt - MARGIN_MS > ports.now()) return ticket;
  const body = { name, type, size: file.size, sha256 };
  const fresh = (await ports.request("POST", `/v1/conversations/${conversation}/media`, body)) as UploadTicket;
  await ports.save({ ticket: fresh });
  return fresh;
}

async function sendParts(
  file: Blob,
  { uploadUrl, partSize }: UploadTicket,
  { fetch, transfer, save, onSent }: SendingPorts,
  signal: AbortSignal,
): Promise<void> {
  const ask = async (method: "GET" | "POST"): Promise<string> => {
    const answer = fetch(uploadUrl, { method, signal });
    return answered(answer.then(async (response) => ({ status: response.status, text: await response.text() })));
  };
  const progress = JSON.parse(await ask("GET")) as Progress;
  if (progress.complete) return onSent(file.size);
  const held = new Set(progress.parts);
  const parts = Array.from({ length: Math.ceil(file.size / partSize) }, (_, index) => index + 1);
  const sizeOf = (part: number): number => Math.min(partSize, file.size - (part - 1) * partSize);
  let sent = progress.parts.reduce((sum, part) => sum + sizeOf(part), 0);
  onSent(sent);
  for (const part of parts) {
    if (held.has(part)) continue;
    const from = (part - 1) * partSize;
    const before = sent;
    const slice = file.slice(from, from + sizeOf(part));
    await answered(transfer(`${uploadUrl}&part=${part}`, slice, (now) => onSent(before + now), signal));
    sent = before + sizeOf(part);
    onSent(sent);
    await save({ sent });
  }
  await ask("POST");
}

/** Gives up on the server what was begun; that it did not work is no harm: it goes by itself within a day. */
export async function giveUp({ ticket }: UploadRecord, fetch: Fetch): Promise<void> {
  if (ticket === null) return;
  await fetch(ticket.uploadUrl, { method: "DELETE" }).catch(() => undefined);
}
