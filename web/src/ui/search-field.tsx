/** A field to search with; Esc and its cross empty it. */
import type { JSX } from "preact";
import { Icon, IconButton } from "./icons.tsx";

interface SearchFieldProps {
  readonly label: string;
  readonly value: string;
  readonly onValue: (value: string) => void;
}

export function SearchField({ label, value, onValue }: SearchFieldProps): JSX.Element {
  return (
    <div class="search" role="search">
      <Icon name="search" size={18} />
      <input
        class="input"
        type="search"
        placeholder="Search"
        aria-label={label}
        value={value}
        onInput={(event) => onValue(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== "Escape" || value === "") return;
          event.preventDefault();
          onValue("");
        }}
      />
      {value !== "" && <IconButton name="close" label="Clear search" size={16} onClick={() => onValue("")} />}
    </div>
  );
}
