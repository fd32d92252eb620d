import type { Notice } from "../page/notice.ts";
import type { Language, Markup } from "../page/page.ts";
import { wordsOf } from "../words/words.ts";

export type NoticeTone = "info" | "warning" | "bad" | "good";

/** A sentence that stands out: its kind is said in a word and a sign, the colour only helps. */
export function NoticeBox(
  props: { readonly language: Language; readonly tone: NoticeTone; readonly text: string },
): Markup {
  const { language, tone, text } = props;
  return (
    <p class={`notice ${tone}`}>
      <span class="sign" aria-hidden="true">{SIGNS[tone]}</span>
      <span>
        <strong>{wordsOf(language).frame.tones[tone]}.</strong> {text}
      </span>
    </p>
  );
}

const SIGNS: Readonly<Record<NoticeTone, string>> = {
  info: "i",
  warning: "!",
  bad: "×",
  good: "✓",
};

const TONES: Readonly<Record<Notice["level"], NoticeTone>> = {
  error: "bad",
  warning: "warning",
  info: "info",
};

const RANKS: Readonly<Record<Notice["level"], number>> = { error: 0, warning: 1, info: 2 };

/** What is wrong with the data behind something, each once, the worst first. */
export function NoticeList(
  props: { readonly language: Language; readonly notices: readonly Notice[] },
): Markup | string {
  const sorted = props.notices.toSorted((a, b) => RANKS[a.level] - RANKS[b.level]);
  const texts = new Map(sorted.map((notice) => [notice.text, notice]));
  if (texts.size === 0) return "";
  return (
    <ul class="notices">
      {[...texts.values()].map((notice) => (
        <li>
          <NoticeBox
            language={props.language}
            tone={TONES[notice.level]}
            text={notice.text}
          />
        </li>
      ))}
    </ul>
  );
}
