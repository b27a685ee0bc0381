/** Message text: links and mentions picked out, folded where it is long. Never HTML. */
import type { JSX } from "preact";
import { useMemo, useState } from "preact/hooks";
import type { UserId } from "../../../client/index.ts";
import { useHandles } from "../people.ts";
import { foldAt, piecesOf } from "../words/markup.ts";

interface MessageTextProps {
  readonly text: string;
  readonly mentions: readonly UserId[];
  readonly tab: 0 | -1;
}

export function MessageText({ text, mentions, tab }: MessageTextProps): JSX.Element {
  const [unfolded, setUnfolded] = useState(false);
  const fold = useMemo(() => foldAt(text), [text]);
  const shown = fold === null || unfolded ? text : `${text.slice(0, fold).trimEnd()}…`;
  const handles = useHandles(mentions);
  const pieces = useMemo(() => piecesOf(shown, handles), [shown, handles]);
  return (
    <>
      {pieces.map((piece, index) => {
        if (piece.kind === "text") return piece.text;
        if (piece.kind === "mention") return <b class="mention">{piece.text}</b>;
        return (
          <a key={index} href={piece.href} target="_blank" rel="noopener noreferrer nofollow" tabIndex={tab}>
            {piece.text}
          </a>
        );
      })}
      {fold !== null && (
        <button
          type="button"
          class="bubble-more"
          aria-expanded={unfolded}
          tabIndex={tab}
          onClick={() => setUnfolded(!unfolded)}
        >
          {unfolded ? "Show less" : "Show more"}
        </button>
      )}
    </>
  );
}
