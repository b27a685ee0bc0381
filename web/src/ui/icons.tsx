/** The icons: lines on a grid of 24, drawn in the colour of the text around them. */
import type { JSX, TargetedMouseEvent } from "preact";

const PATHS = {
  back: "M15 5l-7 7 7 7",
  bell: "M6 10a6 6 0 0 1 12 0c0 5 2 6 2 7H4c0-1 2-2 2-7ZM10 20.500a2.3 2.3 0 0 0 4 0",
  bellOff:
    "M8.5 5.100A6 6 0 0 1 18 10c0 2.6.5 4.1 1 5.100M17 17H4c0-1 2-2 2-7 0-.7.1-1.4.3-2M10 20.500a2.3 2.3 0 0 0 4 0M3.5 3.500l17 17",
  block: "M12 3.500a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17ZM6 6l12 12",
  check: "M5 12.500l4.5 4.500L19 7.5",
  chevron: "M9 5l7 7-7 7",
  close: "M6 6l12 12M18 6L6 18",
  copy: "M9 9h9.500a1 1 0 0 1 1 1v9.500a1 1 0 0 1-1 1H9a1 1 0 0 1-1-1V10a1 1 0 0 1 1-1ZM5 15.500h-.500a1 1 0 0 1-1-1V5a1 1 0 0 1 1-1H14a1 1 0 0 1 1 1v.5",
  device: "M4 5.500h16v10H4ZM2.5 19h19M10 15.500V19M14 15.500V19",
  dots: "M12 5.800v.100M12 12v.100M12 18.200v.1",
  down: "M6 9.500l6 6 6-6",
  download: "M12 4v11M7 10.500l5 5 5-5M5 19.500h14",
  edit: "M4 20l1-4.500L16.2 4.300a1.7 1.7 0 0 1 2.4 0l1.1 1.100a1.7 1.7 0 0 1 0 2.400L8.5 19 4 20ZM14 6.500l3.5 3.5",
  file: "M6 3.500h7.500L18.5 8.500V20.500H6ZM13 3.500V9h5.5",
  image:
    "M4.5 4.500h15a1 1 0 0 1 1 1v13a1 1 0 0 1-1 1h-15a1 1 0 0 1-1-1v-13a1 1 0 0 1 1-1ZM4 17l5-5 4 4 3-3 4.5 4.500M15.5 8.900v.1",
  info: "M12 3.500a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17ZM12 11v5.500M12 7.600v.1",
  leave: "M10 4H5a1 1 0 0 0-1 1v14a1 1 0 0 0 1 1h5M15 8l4 4-4 4M19 12H9.5",
  minus: "M5 12h14",
  lock: "M6.5 10.500h11a1 1 0 0 1 1 1v7a1 1 0 0 1-1 1h-11a1 1 0 0 1-1-1v-7a1 1 0 0 1 1-1ZM8 10.500V8a4 4 0 0 1 8 0v2.5",
  music:
    "M9 17.500V5.500l10-2v12M9 17.500a2.5 2.5 0 1 1-5 0 2.5 2.5 0 0 1 5 0ZM19 15.500a2.5 2.5 0 1 1-5 0 2.5 2.5 0 0 1 5 0Z",
  mic: "M12 3.500a2.6 2.6 0 0 1 2.6 2.600v5.400a2.6 2.6 0 0 1-5.2 0V6.100A2.6 2.6 0 0 1 12 3.500ZM6 11.500a6 6 0 0 0 12 0M12 17.500v3",
  palette:
    "M12 3.500a8.5 8.5 0 1 0 0 17c1.5 0 2-1 1.7-2.2-.4-1.5.5-2.6 2-2.600H18a2.6 2.6 0 0 0 2.6-2.600C20.5 7.5 16.7 3.5 12 3.500ZM7.7 12.500v.100M9.5 8.200v.100M14.3 8.200v.1",
  people:
    "M9 11.500a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7ZM2.5 19.500c0-3.3 2.9-5.5 6.5-5.500s6.5 2.2 6.5 5.500M15.5 4.800a3.5 3.5 0 0 1 0 6.400M17.5 14.300c2.4.7 4 2.6 4 5.2",
  paperclip:
    "M19.5 11.500l-7.6 7.600a4.8 4.8 0 0 1-6.8-6.800l8-8a3.2 3.2 0 0 1 4.6 4.600l-7.9 7.900a1.6 1.6 0 0 1-2.3-2.300l7.2-7.2",
  pause: "M8.5 6v12M15.5 6v12",
  person: "M12 11.500a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM4.5 20.500c0-3.7 3.3-6 7.5-6s7.5 2.3 7.5 6",
  personPlus:
    "M10 11.500a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM2.5 20.500c0-3.7 3.3-6 7.5-6 1.7 0 3.3.4 4.5 1.100M18.5 14.500v6M15.5 17.500h6",
  play: "M8 5.500v13l10.5-6.500L8 5.500Z",
  plus: "M12 5v14M5 12h14",
  reply: "M9.5 5.500L4 11l5.5 5.500M4.5 11H14c4 0 6 2.5 6 7",
  retry: "M19.5 12a7.5 7.5 0 1 1-2.3-5.400M19.5 3.500v4h-4",
  search: "M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13ZM15.5 15.500L20.5 20.5",
  send: "M4.5 4.500L21 12 4.5 19.5 7 12 4.5 4.500ZM7 12h7",
  settings: "M4 7h9M17 7h3M15 5v4M4 17h3M11 17h9M9 15v4",
  smile:
    "M12 3.500a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17ZM8.5 14c.7 1.3 2 2.2 3.5 2.200s2.8-.9 3.5-2.200M9 9.700v.100M15 9.700v.1",
  stop: "M8.5 7h7A1.500 1.500 0 0 1 17 8.500v7a1.5 1.5 0 0 1-1.500 1.500h-7A1.5 1.5 0 0 1 7 15.500v-7A1.5 1.5 0 0 1 8.5 7Z",
  trash: "M4.5 6.500h15M9.5 6.500v-2h5v2M6.5 6.500l.8 13.500h9.400l.8-13.500M10 10.500v6M14 10.500v6",
  warning: "M12 4.500l8.5 15h-17L12 4.500ZM12 10.500v4M12 17v.1",
  video: "M3.5 6.500h11a1 1 0 0 1 1 1v9a1 1 0 0 1-1 1h-11a1 1 0 0 1-1-1v-9a1 1 0 0 1 1-1ZM15.5 10.500l6-3v9l-6-3",
  write: "M20 12.500V19a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1V5a1 1 0 0 1 1-1h6.500M9.5 14.500l.6-3 8-8 2.4 2.4-8 8-3 .600Z",
} as const;

export type IconName = keyof typeof PATHS;

/** An icon beside a word, or within a button that has a name of its own. */
export function Icon({ name, size = 22 }: { name: IconName; size?: number }): JSX.Element {
  const heavy = name === "dots" ? 2.6 : 1.8;
  return (
    <svg
      class="icon"
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      stroke-width={heavy}
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}

interface IconButtonProps {
  readonly name: IconName;
  readonly label: string;
  readonly size?: number;
  readonly class?: string;
  readonly tabIndex?: number;
  readonly "aria-haspopup"?: "menu" | "dialog";
  readonly onClick: (event: TargetedMouseEvent<HTMLButtonElement>) => void;
}

/** A round button that is only an icon; its label is what it is called. */
export function IconButton({ name, label, size, class: extra, ...rest }: IconButtonProps): JSX.Element {
  const className = extra === undefined ? "icon-button" : `icon-button ${extra}`;
  return (
    <button type="button" class={className} aria-label={label} title={label} {...rest}>
      <Icon name={name} {...(size === undefined ? {} : { size })} />
    </button>
  );
}
