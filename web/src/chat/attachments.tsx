/** Files of a message. */
import type { JSX } from "preact";
import type { Media } from "../../../client/index.ts";
import { Icon } from "../ui/icons.tsx";

const UNITS = ["byte", "kilobyte", "megabyte", "gigabyte"] as const;

export function Attachments({ media }: { media: readonly Media[] }): JSX.Element {
  return (
    <ul class="attachments">
      {media.map((file) => (
        <li key={file.id}>
          <Icon name="file" size={26} />
          <span>
            <b class="clip">{file.name}</b>
            <small>{sizeOf(file.size)}</small>
          </span>
        </li>
      ))}
    </ul>
  );
}

function sizeOf(bytes: number): string {
  const power = Math.min(UNITS.length - 1, bytes === 0 ? 0 : Math.floor(Math.log10(bytes) / 3));
  const format = {
    style: "unit",
    unit: UNITS[power] ?? "byte",
    unitDisplay: "short",
    maximumFractionDigits: 1,
  } as const;
  return new Intl.NumberFormat(undefined, format).format(bytes / 1_000 ** power);
}
