import type { Stage } from "../words/stage_words.ts";

/** A booking on the tape: the days that it covers, both ends included. */
export interface TapeBar {
  /** Id of the lead. */
  readonly key: string;
  readonly first: string;
  readonly last: string;
  readonly initials: string;
  /** For the text that appears over the bar: the client, or what stands for him where he is masked. */
  readonly name: string;
  readonly stage: Stage;
  readonly href: string | null;
  /** Planned to end earlier and still out: the bar runs to today, and hatched into tomorrow. */
  readonly isOverdue?: boolean;
  /** Out and without a planned end: the bar runs to today and into tomorrow in the same way. */
  readonly hasNoEnd?: boolean;
  readonly isDoubleBooked?: boolean;
}

/** A car, or the unassigned bookings of a model. */
export interface TapeRow {
  readonly key: string;
  readonly name: string;
  /** Below the name: model, plate. */
  readonly detail?: string;
  readonly href?: string | null;
  readonly isUnassigned?: boolean;
  readonly bars: readonly TapeBar[];
  /** What happened to the car on a day, e.g. "A 123 BC → B 456 CD": a new plate. */
  readonly marks?: readonly { readonly at: string; readonly text: string }[];
}

/** A piece of a lane: from one column to another, both included. */
export interface TapeSpan {
  readonly kind: "bar" | "overdue" | "tomorrow";
  readonly from: number;
  readonly to: number;
  readonly bar: TapeBar;
  /** It goes on beyond the edge of the tape. */
  readonly isCutBefore: boolean;
  readonly isCutAfter: boolean;
}

/** Days as columns. */
export interface TapeDays {
  readonly count: number;
  /** Column of a day; -1 for all days before the first, `count` for all after the last. */
  readonly columnOf: (isoDate: string) => number;
  /** Days from the first column to today, also where today is not on the tape. */
  readonly today: number;
}

/** The days of a tape, by their ISO texts. */
export function tapeDays(keys: readonly string[], today: number): TapeDays {
  const columns = new Map(keys.map((key, column) => [key, column]));
  const first = keys[0] ?? "";
  const columnOf = (isoDate: string): number =>
    columns.get(isoDate) ?? (isoDate < first ? -1 : keys.length);
  return { count: keys.length, columnOf, today };
}

/**
 * The lanes of a row: bookings in the order of their first day, each in the first lane where it is free, so that
 * two that share a day stand below each other and none is hidden. At least one lane.
 */
export function lanesOf(row: TapeRow, days: TapeDays): readonly (readonly TapeSpan[])[] {
  const lanes: TapeSpan[][] = [];
  const inOrder = row.bars.toSorted((a, b) =>
    compareTexts(a.first, b.first) || compareTexts(a.last, b.last) || compareTexts(a.key, b.key)
  );
  for (const bar of inOrder) {
    const spans = spansOf(bar, days);
    const from = spans[0]?.from;
    if (from === undefined) continue;
    const lane = lanes.find((one) => (one.at(-1)?.to ?? -1) < from);
    if (lane) lane.push(...spans);
    else lanes.push([...spans]);
  }
  return lanes.length === 0 ? [[]] : lanes;
}

/** What of the booking is on the tape: the days it covers, then to today while it is overdue, then tomorrow. */
function spansOf(bar: TapeBar, days: TapeDays): TapeSpan[] {
  const first = days.columnOf(bar.first);
  const last = days.columnOf(bar.last);
  const pieces: Pick<TapeSpan, "kind" | "from" | "to">[] = [{ kind: "bar", from: first, to: last }];
  if (bar.isOverdue || bar.hasNoEnd) {
    const out = Math.max(last + 1, first);
    if (out <= days.today) pieces.push({ kind: "overdue", from: out, to: days.today });
    const tomorrow = days.today + 1;
    if (tomorrow > last) pieces.push({ kind: "tomorrow", from: tomorrow, to: tomorrow });
  }
  return pieces
    .filter(({ from, to }) => from <= to && to >= 0 && from < days.count)
    .map((piece) => ({
      ...piece,
      bar,
      from: Math.max(0, piece.from),
      to: Math.min(days.count - 1, piece.to),
      isCutBefore: piece.from < 0,
      isCutAfter: piece.to >= days.count,
    }));
}

function compareTexts(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
