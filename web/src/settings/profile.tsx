/** How others see the user. */
import type { JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import type { User } from "../../../client/index.ts";
import { meridian, useMe } from "../meridian.ts";
import { nameOf } from "../people.ts";
import { say, sayError, trying } from "../state/toasts.ts";
import { Avatar } from "../ui/avatar.tsx";
import { TextField } from "../ui/text-field.tsx";
import { wordsFor, wordsForField } from "../words/errors.ts";
import { avatarFrom } from "./avatar-image.ts";

export function Profile(): JSX.Element | null {
  const me = useMe();
  return me === null ? null : <Form me={me} />;
}

function Form({ me }: { me: User }): JSX.Element {
  const [name, setName] = useState(me.displayName);
  const [about, setAbout] = useState(me.about);
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const isChanged = name.trim() !== me.displayName || about.trim() !== me.about;

  const save = async (): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      await meridian.updateMe({ displayName: name.trim(), about: about.trim() });
      say("Saved.");
    } catch (thrown) {
      setError(thrown);
    }
    setBusy(false);
  };

  return (
    <>
      <Picture me={me} />
      <form
        class="card"
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <TextField
          label="Name"
          value={name}
          onValue={setName}
          error={wordsForField(error, "displayName")}
          maxLength={64}
          autocomplete="name"
          required
        />
        <TextField
          label="About"
          value={about}
          onValue={setAbout}
          error={wordsForField(error, "about")}
          hint="A few words about you, for everyone who knows your handle."
          maxLength={256}
          autocomplete="off"
        />
        <div class="field">
          <span class="label">Handle</span>
          <span>@{me.handle}</span>
        </div>
        {error !== null && (
          <p class="note" role="alert">
            {wordsFor(error)}
          </p>
        )}
        <div class="card-foot">
          <button type="submit" class="button primary" disabled={busy || !isChanged || name.trim() === ""}>
            Save
          </button>
        </div>
      </form>
    </>
  );
}

function Picture({ me }: { me: User }): JSX.Element {
  const input = useRef<HTMLInputElement>(null);
  const [busy, setBusy] = useState(false);
  const choose = async (file: File | undefined): Promise<void> => {
    if (file === undefined) return;
    setBusy(true);
    try {
      await meridian.updateMe({ avatar: await avatarFrom(file) });
    } catch (error) {
      sayError(error);
    }
    setBusy(false);
    // The same file again is a choice as well.
    if (input.current !== null) input.current.value = "";
  };
  return (
    <div class="card picture">
      <Avatar id={me.id} name={nameOf(me)} picture={me.avatar} size={96} />
      <div class="picture-actions">
        <input
          ref={input}
          type="file"
          accept="image/*"
          class="visually-hidden"
          aria-label="Picture file"
          tabIndex={-1}
          onChange={(event) => void choose(event.currentTarget.files?.[0])}
        />
        <button type="button" class="button" disabled={busy} onClick={() => input.current?.click()}>
          {busy && <span class="spinner" />}
          {me.avatar === null ? "Choose a picture" : "Change picture"}
        </button>
        {me.avatar !== null && (
          <button
            type="button"
            class="button plain"
            onClick={() => void trying(() => meridian.updateMe({ avatar: null }))}
          >
            Remove
          </button>
        )}
      </div>
    </div>
  );
}
