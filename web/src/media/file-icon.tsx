/** The icon of a kind of file. */
import type { JSX } from "preact";
import { Icon, type IconName } from "../ui/icons.tsx";
import type { MediaKind } from "./words.ts";

const ICONS: Record<MediaKind, IconName> = {
  image: "image",
  video: "video",
  voice: "music",
  audio: "music",
  file: "file",
};

export function FileIcon({ kind, size = 22 }: { kind: MediaKind; size?: number }): JSX.Element {
  return <Icon name={ICONS[kind]} size={size} />;
}
