/** Light or dark. */
import type { JSX } from "preact";
import { chooseTheme, theme, type Theme } from "../state/theme.ts";

const CHOICES = [
  ["system", "As the system"],
  ["light", "Light"],
  ["dark", "Dark"],
] as const satisfies readonly (readonly [Theme, string])[];

export function Appearance(): JSX.Element {
  return (
    <fieldset class="card">
      <legend>Theme</legend>
      <div class="themes">
        {CHOICES.map(([value, label]) => (
          <label key={value} class="theme">
            <span class={`theme-picture ${value}`} aria-hidden="true">
              <span />
              <span />
            </span>
            <span class="theme-name">
              <input type="radio" name="theme" checked={theme.value === value} onChange={() => chooseTheme(value)} />
              {label}
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
