/** Pictures of a conversation, one at a time, as large as the screen. */
import type { JSX, TargetedKeyboardEvent } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import type { ConversationId } from "../../../client/index.ts";
import { meridian, useObservable } from "../meridian.ts";
import { useName } from "../people.ts";
import { IconButton } from "../ui/icons.tsx";
import { momentOf } from "../words/time.ts";
import { download } from "./download.ts";
import { lease } from "./object-urls.ts";
import { Stage } from "./stage.tsx";
import { useZoom } from "./use-zoom.ts";
import { picturesOf, viewed, type Picture, type Viewed } from "./viewer-state.ts";
import "./viewer.css";

/** How far an arrow key moves what is larger than the screen. */
const STEP_PX = 80;
const NEARER = 1.5;

export function ViewerHost({ conversation }: { conversation: ConversationId }): JSX.Element | null {
  const open = viewed.value;
  useEffect(
    () => () => {
      viewed.value = null;
    },
    [conversation],
  );
  return open?.conversation === conversation ? <Viewer open={open} /> : null;
}

function close(): void {
  viewed.value = null;
}

function Viewer({ open }: { open: Viewed }): JSX.Element {
  const { conversation } = open;
  const { items } = useObservable(meridian.timeline(conversation));
  const pictures = picturesOf(items);
  const at = pictures.findIndex(({ message, media }) => message.key === open.message && media.id === open.media);
  const picture = pictures[at];
  const element = useRef<HTMLDialogElement>(null);
  const zoom = useZoom(picture?.media);

  useLayoutEffect(() => {
    const before = document.activeElement;
    element.current?.showModal();
    element.current?.querySelector<HTMLElement>("[aria-label=Close]")?.focus();
    return () => {
      element.current?.close();
      if (before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true });
    };
  }, []);
  // Deleted while it was looked at.
  useEffect(() => {
    if (picture === undefined) close();
  }, [picture === undefined]);
  useNeighbours(conversation, pictures, at);

  const show = (to: number): void => {
    const next = pictures[to];
    if (next === undefined) return;
    viewed.value = { conversation, message: next.message.key, media: next.media.id };
  };
  const onKeyDown = (event: TargetedKeyboardEvent<HTMLDialogElement>): void => {
    // Keys of the page are not for what lies over it.
    event.stopPropagation();
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const act = actionOf(event, { show, at, last: pictures.length - 1, zoom });
    if (act === undefined) return;
    event.preventDefault();
    act();
  };

  return (
    <dialog
      ref={element}
      class="viewer"
      aria-label="Photo viewer"
      onKeyDown={onKeyDown}
      onCancel={(event) => {
        event.preventDefault();
        close();
      }}
    >
      {picture !== undefined && (
        <>
          <header class="viewer-head">
            <Title picture={picture} at={at} of={pictures.length} />
            <IconButton name="minus" label="Zoom out" onClick={() => zoom.by(1 / NEARER)} />
            <IconButton name="plus" label="Zoom in" onClick={() => zoom.by(NEARER)} />
            <IconButton name="download" label="Download" onClick={() => void download(conversation, picture.media)} />
            <IconButton name="close" label="Close" onClick={close} />
          </header>
          <Stage
            key={`${picture.message.key} ${picture.media.id}`}
            conversation={conversation}
            media={picture.media}
            zoom={zoom}
            onSwipe={(by) => show(at + by)}
            onAway={close}
          />
          {at > 0 && <IconButton name="back" label="Previous photo" class="viewer-step" onClick={() => show(at - 1)} />}
          {at < pictures.length - 1 && (
            <IconButton name="chevron" label="Next photo" class="viewer-step next" onClick={() => show(at + 1)} />
          )}
        </>
      )}
    </dialog>
  );
}

function Title({ picture: { message, media }, at, of }: { picture: Picture; at: number; of: number }): JSX.Element {
  const name = useName(message.sender);
  return (
    <div class="viewer-title" role="status">
      <b class="clip">{message.own ? "You" : name}</b>
      <small class="clip">
        {of > 1 && `${at + 1} of ${of} · `}
        {momentOf(message.at)} · {media.name}
      </small>
    </div>
  );
}

interface KeyContext {
  readonly show: (to: number) => void;
  readonly at: number;
  readonly last: number;
  readonly zoom: ReturnType<typeof useZoom>;
}

function actionOf(event: KeyboardEvent, { show, at, last, zoom }: KeyContext): (() => void) | undefined {
  const { key, shiftKey } = event;
  if (key === "Escape") return close;
  if (key === "+" || key === "=") return () => zoom.by(NEARER);
  if (key === "-") return () => zoom.by(1 / NEARER);
  if (key === "0") return () => zoom.reset();
  if (key === "Home") return () => show(0);
  if (key === "End") return () => show(last);
  if (shiftKey || key === "ArrowUp" || key === "ArrowDown") {
    const moves: Record<string, [number, number]> = {
      ArrowLeft: [STEP_PX, 0],
      ArrowRight: [-STEP_PX, 0],
      ArrowUp: [0, STEP_PX],
      ArrowDown: [0, -STEP_PX],
    };
    const move = moves[key];
    return move === undefined ? undefined : () => zoom.pan(...move);
  }
  if (key === "ArrowLeft") return () => show(at - 1);
  return key === "ArrowRight" ? () => show(at + 1) : undefined;
}

/** The pictures beside this one are fetched while it is looked at. */
function useNeighbours(conversation: ConversationId, pictures: readonly Picture[], at: number): void {
  const near = [pictures[at - 1], pictures[at + 1]].flatMap((picture) => picture?.media ?? []);
  useEffect(() => {
    const leases = near.map((media) => lease(conversation, media));
    // What fails is told where it is shown.
    for (const { url } of leases) url.catch(() => undefined);
    return () => {
      for (const one of leases) one.release();
    };
  }, [near.map(({ id }) => id).join(" ")]);
}
