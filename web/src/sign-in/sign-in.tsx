/** Registration and sign-in: one form in two moods. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { MeridianError, type SessionState } from "../../../client/index.ts";
import { meridian } from "../meridian.ts";
import { TextField } from "../ui/text-field.tsx";
import { wordsFor, wordsForField } from "../words/errors.ts";
import "./sign-in.css";

type Reason = Extract<SessionState, { status: "signedOut" }>["reason"];

const WHY: Record<Reason, string | null> = {
  none: null,
  signedOut: null,
  revoked: "This device was signed out from another device.",
  expired: "Your session has ended. Please sign in again.",
};

const HANDLE_RULE = "Use 3 to 32 letters from a to z, digits, underscores or dots.";
const HANDLE_HINT = "Letters, digits, underscores or dots. Friends find you by it.";

export function SignIn({ reason }: { reason: Reason }): JSX.Element {
  const [isNew, setNew] = useState(false);
  const [handle, setHandle] = useState("");
  const [password, setPassword] = useState("");
  const [name, setName] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const why = WHY[reason];

  const submit = async (): Promise<void> => {
    setBusy(true);
    setError(null);
    const account = { handle: handle.trim().replace(/^@/, ""), password };
    const displayName = name.trim();
    try {
      if (!isNew) await meridian.signIn(account);
      else await meridian.register(displayName === "" ? account : { ...account, displayName });
    } catch (thrown) {
      setError(thrown);
      setBusy(false);
    }
  };

  const handleError = takenHandle(error) ?? (wordsForField(error, "handle") === null ? null : HANDLE_RULE);
  const passwordError = wordsForField(error, "password");
  const nameError = wordsForField(error, "displayName");
  const general = error !== null && handleError === null && passwordError === null && nameError === null;

  return (
    <main class="sign-in scroll">
      <div class="sign-in-card">
        <img src="/icon.svg" alt="" width="64" height="64" />
        <h1>Meridian</h1>
        <p class="sign-in-lead">Every message arrives. Once, and in order.</p>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (!busy) void submit();
          }}
        >
          {why !== null && error === null && (
            <p class="note" role="status">
              {why}
            </p>
          )}
          {isNew && (
            <TextField
              label="Name"
              value={name}
              onValue={setName}
              error={nameError}
              autocomplete="name"
              maxLength={64}
              hint="How others see you. You can change it later."
            />
          )}
          <TextField
            label="Handle"
            value={handle}
            onValue={setHandle}
            error={handleError}
            autocomplete="username"
            autocapitalize="none"
            spellcheck={false}
            required
            maxLength={33}
            {...(isNew ? { hint: HANDLE_HINT } : {})}
          />
          <TextField
            label="Password"
            type="password"
            value={password}
            onValue={setPassword}
            error={passwordError}
            autocomplete={isNew ? "new-password" : "current-password"}
            required
            maxLength={256}
            {...(isNew ? { minLength: 8, hint: "At least 8 characters." } : {})}
          />
          {general && (
            <p class="note" role="alert">
              {wordsFor(error)}
            </p>
          )}
          <button class="button primary" type="submit" disabled={busy}>
            {busy && <span class="spinner" />}
            {isNew ? "Create account" : "Sign in"}
          </button>
        </form>
        <p class="sign-in-switch">
          {isNew ? "You have an account?" : "New here?"}{" "}
          <button
            type="button"
            class="button plain small"
            onClick={() => {
              setNew(!isNew);
              setError(null);
            }}
          >
            {isNew ? "Sign in instead" : "Create an account"}
          </button>
        </p>
      </div>
    </main>
  );
}

function takenHandle(error: unknown): string | null {
  return error instanceof MeridianError && error.code === "handle_taken" ? wordsFor(error) : null;
}
