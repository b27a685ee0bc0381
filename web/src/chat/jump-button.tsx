/** The way back to the newest message, with how many are unread there. */
import type { JSX } from "preact";
import { Icon } from "../ui/icons.tsx";

interface JumpButtonProps {
  readonly shown: boolean;
  readonly unread: number;
  readonly onClick: () => void;
}

export function JumpButton({ shown, unread, onClick }: JumpButtonProps): JSX.Element | null {
  if (!shown) return null;
  const label = unread > 0 ? `${unread} new ${unread === 1 ? "message" : "messages"}` : "Newest messages";
  return (
    <button type="button" class="jump-button" aria-label={label} title={label} onClick={onClick}>
      <Icon name="down" />
      {unread > 0 && <span class="badge">{unread > 999 ? "999+" : unread}</span>}
    </button>
  );
}
