/** One picture in the viewer: fingers, mouse and wheel move it and bring it nearer. */
import type { JSX, TargetedPointerEvent } from "preact";
import { useRef } from "preact/hooks";
import type { ConversationId, Media } from "../../../client/index.ts";
import { wordsFor } from "../words/errors.ts";
import { useFile } from "./use-file.ts";
import type { useZoom } from "./use-zoom.ts";

const DOUBLE = 2.5;
/** A finger that went so far aside wants the next picture. */
const SWIPE_PX = 60;
const STILL_PX = 8;

interface StageProps {
  readonly conversation: ConversationId;
  readonly media: Media;
  readonly zoom: ReturnType<typeof useZoom>;
  /** -1: back, 1: on */
  readonly onSwipe: (by: -1 | 1) => void;
  /** A click beside the picture. */
  readonly onAway: () => void;
}

interface Point {
  readonly x: number;
  readonly y: number;
}

export function Stage({ conversation, media, zoom, onSwipe, onAway }: StageProps): JSX.Element {
  const { url, error, retry } = useFile(conversation, media, true);
  const fingers = useRef(new Map<number, Point>());
  const start = useRef<(Point & { moved: boolean }) | null>(null);
  const { scale, x, y } = zoom.current;

  const onPointerDown = (event: TargetedPointerEvent<HTMLDivElement>): void => {
    if (event.button !== 0 || event.target instanceof HTMLButtonElement) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    const point = { x: event.clientX, y: event.clientY };
    fingers.current.set(event.pointerId, point);
    start.current = { ...point, moved: fingers.current.size > 1 };
  };

  const onPointerMove = (event: TargetedPointerEvent<HTMLDivElement>): void => {
    const before = fingers.current.get(event.pointerId);
    if (before === undefined) return;
    const point = { x: event.clientX, y: event.clientY };
    const from = start.current;
    if (from !== null && Math.hypot(point.x - from.x, point.y - from.y) > STILL_PX) from.moved = true;
    const [other] = [...fingers.current].filter(([id]) => id !== event.pointerId).map(([, at]) => at);
    fingers.current.set(event.pointerId, point);
    if (other === undefined) {
      if (scale > 1) zoom.pan(point.x - before.x, point.y - before.y);
      return;
    }
    const middle = { x: (point.x + other.x) / 2, y: (point.y + other.y) / 2 };
    const apart = Math.hypot(before.x - other.x, before.y - other.y);
    if (apart > 0) zoom.by(Math.hypot(point.x - other.x, point.y - other.y) / apart, middle);
    zoom.pan((point.x - before.x) / 2, (point.y - before.y) / 2);
  };

  const onPointerEnd = (event: TargetedPointerEvent<HTMLDivElement>): void => {
    if (!fingers.current.delete(event.pointerId) || fingers.current.size > 0) return;
    const from = start.current;
    start.current = null;
    if (from === null || event.type === "pointercancel") return;
    const dx = event.clientX - from.x;
    if (!from.moved && isBeside(event)) onAway();
    else if (scale === 1 && event.pointerType === "touch" && Math.abs(dx) > SWIPE_PX) onSwipe(dx > 0 ? -1 : 1);
  };

  return (
    <div
      ref={zoom.stage}
      class={scale > 1 ? "viewer-stage near" : "viewer-stage"}
      onPointerDown={onPointerDown}
      onPointerMove={onPointerMove}
      onPointerUp={onPointerEnd}
      onPointerCancel={onPointerEnd}
      onDblClick={({ clientX, clientY }) => (scale > 1 ? zoom.reset() : zoom.by(DOUBLE, { x: clientX, y: clientY }))}
      onWheel={(event) => {
        event.preventDefault();
        zoom.by(Math.exp(-event.deltaY / 300), { x: event.clientX, y: event.clientY });
      }}
    >
      {url === null && media.thumbnail !== undefined && <img class="viewer-thumb" src={media.thumbnail} alt="" />}
      {url === null && error === null && <span class="spinner" role="status" aria-label="Loading" />}
      {error !== null && (
        <div class="viewer-error" role="alert">
          <p>{wordsFor(error)}</p>
          <button type="button" class="button" onClick={retry}>
            Try again
          </button>
        </div>
      )}
      {url !== null && (
        <img
          class="viewer-picture"
          src={url}
          alt={media.name}
          draggable={false}
          style={{ transform: `translate(${x}px, ${y}px) scale(${scale})` }}
          onLoad={({ currentTarget: { naturalWidth: width, naturalHeight: height } }) => {
            zoom.natural.current = { width, height };
          }}
        />
      )}
    </div>
  );
}

/** With a pointer held by the stage, the event's target is the stage: the place decides. */
function isBeside({ currentTarget, clientX, clientY }: TargetedPointerEvent<HTMLDivElement>): boolean {
  const box = currentTarget.querySelector("img")?.getBoundingClientRect();
  if (box === undefined) return true;
  return clientX < box.left || clientX > box.right || clientY < box.top || clientY > box.bottom;
}
