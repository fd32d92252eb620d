import { formatTable } from "../../lib/log/text_table.ts";
import { formatLocalTime } from "../../lib/log/time_text.ts";
import { statusOfSide } from "../../lib/history/event_side.ts";
import type { RecordHistory, Version } from "../../lib/history/record_history.ts";
import {
  isChange,
  isMoment,
  shownColumns,
  toText as plainText,
} from "../../lib/history/versions.ts";

/** How a history is shown. */
export interface HistoryView {
  readonly timeZone: string;
  /** Characters of a line. */
  readonly width: number;
  readonly moment: Temporal.Instant | null;
}

const LONGEST_CELL = 24;
const GAP = 2;

/** The versions side by side, the rows of stg and the events of one record, as lines for a terminal. */
export function formatHistory(title: string, history: RecordHistory, view: HistoryView): string {
  const { versions, sights, events } = history;
  const when = view.moment ? ` at ${formatLocalTime(view.moment, view.timeZone)}` : "";
  return [
    `${title}${when} (times in ${view.timeZone})`,
    ...versions.length > 0 ? formatVersions(versions, view) : ["No version: it is not there"],
    `Seen, as landed in stg:`,
    ...formatTable(
      [{ heading: "  seen" }, { heading: "says it was changed" }, { heading: "deleted by" }],
      sights.map(({ observed_at, updated_at, deleted_by }) => [
        `  ${formatLocalTime(observed_at, view.timeZone)}`,
        formatLocalTime(updated_at, view.timeZone),
        deleted_by ?? "",
      ]),
    ),
    ...events.length > 0 ? formatEvents(events, view) : [],
  ].join("\n");
}

/** Tables of as many versions as fit beside each other; a changed value is marked by a star. */
function formatVersions(versions: readonly Version[], view: HistoryView): string[] {
  const names = shownColumns(versions);
  const columns = versions.map((version, i) => {
    const before = versions[i - 1];
    return [
      toText(version.valid_from, view),
      ...names.map((name) => {
        const text = toText(version[name], view);
        return before && isChange(name, before, version) ? `* ${text}` : text;
      }),
    ];
  });
  const heads = ["version of", ...names];
  return inChunks(heads, columns, view.width).flatMap((chunk) => [
    ...formatTable(
      [heads, ...chunk].map((column) => ({ heading: column[0] ?? "", maxWidth: LONGEST_CELL })),
      names.map((_, row) => [heads, ...chunk].map((column) => column[row + 1] ?? "")),
    ),
    "",
  ]);
}

function inChunks(
  heads: readonly string[],
  columns: readonly (readonly string[])[],
  width: number,
): (readonly (readonly string[])[])[] {
  const widthOf = (column: readonly string[]) =>
    GAP + Math.min(LONGEST_CELL, Math.max(...column.map((text) => [...text].length)));
  const chunks: (readonly string[])[][] = [];
  let left = 0;
  for (const column of columns) {
    left -= widthOf(column);
    const last = chunks.at(-1);
    if (last && left >= 0) {
      last.push(column);
      continue;
    }
    chunks.push([column]);
    left = width - widthOf(heads) - widthOf(column);
  }
  return chunks;
}

function toText(value: unknown, view: HistoryView): string {
  const text = plainText(value);
  return typeof value === "string" && isMoment(text)
    ? formatLocalTime(new Date(text), view.timeZone)
    : text;
}

function formatEvents(events: RecordHistory["events"], view: HistoryView): string[] {
  return [
    "",
    "Events of the CRM:",
    ...formatTable(
      [{ heading: "  at" }, { heading: "type" }, { heading: "from" }, { heading: "to" }],
      events.map(({ created_at, type, before, after, survivor_id }) => [
        `  ${formatLocalTime(created_at, view.timeZone)}`,
        type,
        toSide(before),
        survivor_id === null ? toSide(after) : `lead ${survivor_id}`,
      ]),
    ),
  ];
}

/** "10/142", pipeline and status, where that is what changed; else the side as JSON. */
function toSide(side: unknown): string {
  if (!Array.isArray(side) || side.length === 0) return "";
  const [first]: readonly unknown[] = side;
  const status = statusOfSide(side);
  return status ? `${status.pipelineId}/${status.statusId}` : JSON.stringify(first);
}
