import type { Cell, ColumnKind } from "../page/page.ts";
import type { Format } from "../words/format.ts";
import { drawnNumber } from "../words/numeric.ts";
import { frameWords } from "../words/frame_words.ts";

/** What a number is compared with. */
export interface Comparison {
  /** Null: unknown, e.g. before the warehouse began. */
  readonly value: Cell;
  /** In the language of the page, with its days: "April 2026 (first 3 days)". */
  readonly than: string;
  /** Whether more is good news; null where it is neither. */
  readonly isMoreBetter: boolean | null;
}

/** A difference as a sentence, with what it means. */
export interface ComparisonText {
  readonly text: string;
  readonly direction: "up" | "down" | "same" | "unknown";
  readonly judgement: "good" | "bad" | "neutral";
}

/** "12.5 % more than April 2026"; ratios differ by percentage points; from 0 on by the difference itself. */
export function compare(
  format: Format,
  kind: ColumnKind,
  value: Cell,
  comparison: Comparison,
): ComparisonText {
  const words = frameWords[format.settings.language];
  const now = drawnNumber(value);
  const before = drawnNumber(comparison.value);
  const { than } = comparison;
  if (now === null || before === null) {
    return { text: words.noComparison(than), direction: "unknown", judgement: "neutral" };
  }
  const difference = now - before;
  const amount = amountText(format, kind, difference, before);
  // What would read as "0.0 % more" is the same.
  if (difference === 0 || amount === null) {
    return { text: words.same(than), direction: "same", judgement: "neutral" };
  }
  const isMore = difference > 0;
  const judgement = comparison.isMoreBetter === null
    ? "neutral"
    : comparison.isMoreBetter === isMore
    ? "good"
    : "bad";
  return {
    text: isMore ? words.more(amount, than) : words.less(amount, than),
    direction: isMore ? "up" : "down",
    judgement,
  };
}

/** The size of the difference; null where rounding leaves nothing of it. */
function amountText(
  format: Format,
  kind: ColumnKind,
  difference: number,
  before: number,
): string | null {
  const size = Math.abs(difference);
  if (kind === "ratio") {
    if (size < 0.0005) return null;
    return frameWords[format.settings.language].percentPoints(
      format.cell("decimal", (size * 100).toFixed(1)),
    );
  }
  if (before === 0) return format.withUnit(kind, kind === "money" ? size.toFixed(2) : size);
  const share = size / Math.abs(before);
  return share < 0.0005 ? null : format.ratio(share);
}
