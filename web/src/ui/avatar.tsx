/** A picture, or initials on a colour that always belongs to the same id. */
import type { JSX } from "preact";
import { colourOf, initialsOf } from "../words/people.ts";
import { Icon } from "./icons.tsx";
import "./avatar.css";

interface AvatarProps {
  readonly id: string;
  readonly name: string;
  readonly picture: string | null | undefined;
  readonly size?: number;
  readonly group?: boolean;
  readonly online?: boolean;
}

/** Decoration: the name always stands beside it. */
export function Avatar({ id, name, picture, size = 48, group = false, online = false }: AvatarProps): JSX.Element {
  const known = picture?.startsWith("data:image/") === true;
  return (
    <span
      class={`avatar colour-${colourOf(id)}`}
      style={{ width: size, height: size, fontSize: Math.round(size * 0.38) }}
      aria-hidden="true"
    >
      {known ? (
        <img src={picture} alt="" width={size} height={size} decoding="async" />
      ) : group && name === "" ? (
        <Icon name="people" size={Math.round(size * 0.5)} />
      ) : (
        initialsOf(name)
      )}
      {online && <span class="avatar-dot" />}
    </span>
  );
}
