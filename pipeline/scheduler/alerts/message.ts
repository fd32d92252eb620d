import type { TaskWarning } from "../../../lib/dag/warnings.ts";
import { maskPersonalData } from "../../../lib/log/masking.ts";
import { formatDuration, formatLocalTime } from "../../../lib/log/time_text.ts";
import type { ClaimedIncident, IncidentHistory } from "./incidents.ts";
import { shorten } from "./shorten.ts";
import { asTyped } from "../../../lib/log/typed_commands.ts";

/** What a message is made of. */
export interface MessageParts {
  readonly incident: ClaimedIncident;
  readonly history: IncidentHistory;
  /** The text of `runs explain` for the date that `explainedDate` gives; null when it cannot be had. */
  readonly explanation: string | null;
  /** Of the same date. */
  readonly warnings: readonly (TaskWarning & { readonly taskId: string })[];
  readonly timeZone: string;
}

/** What fits into one message of every common chat, with some room for what the template adds. */
const MOST_CHARACTERS = 1_900;

/** The date that people want explained: the one that failed, or once it is over the one that succeeded. */
export function explainedDate(incident: ClaimedIncident, history: IncidentHistory): string {
  const { closed_at, logical_date } = incident;
  return closed_at === null || history.is_repaired
    ? logical_date
    : history.later_date ?? logical_date;
}

/** The message to people: what happened and when, in local time, why, and what to do now. */
export function composeMessage(parts: MessageParts): string {
  const { incident, warnings } = parts;
  const sections = [
    headline(parts),
    ...(incident.closed_at !== null && incident.is_failure_told ? [] : causeOf(parts)),
    ...explanationOf(parts),
    ...repairOf(parts),
    ...(warnings.length > 0 ? [describeWarnings(parts)] : []),
  ];
  return toMessage(sections);
}

/** One message of sections: without personal data, its commands as people type them here, and not too long. */
export function toMessage(sections: readonly string[]): string {
  return shorten(asTyped(maskPersonalData(sections.join("\n\n"))), MOST_CHARACTERS);
}

function headline({ incident, timeZone }: MessageParts): string {
  const { dag_id, logical_date, opened_at, closed_at, is_failure_told } = incident;
  const name = `${dag_id} of ${logical_date}`;
  const opened = formatLocalTime(opened_at, timeZone);
  if (closed_at === null) return `FAILED: ${name}\nat ${opened} (${timeZone})`;
  const closed = formatLocalTime(closed_at, timeZone);
  const lasted = formatDuration((closed_at.getTime() - opened_at.getTime()) / 1000);
  if (is_failure_told) return `RECOVERED: ${name}\nat ${closed} (${timeZone}), after ${lasted}`;
  return `FAILED AND RECOVERED: ${name}\nfrom ${opened} to ${closed} (${timeZone}), ${lasted}\n` +
    "Nobody could be told in between";
}

/** What failed, where the explanation does not say it: it is missing, or about the success since. */
function causeOf({ incident, history, explanation }: MessageParts): string[] {
  if (incident.closed_at === null && explanation !== null) return [];
  if (history.task_id === null) return [];
  return [`${history.task_id} failed: ${history.error ?? "the run log has no error"}`];
}

function explanationOf({ incident, explanation }: MessageParts): string[] {
  if (explanation !== null) return [explanation];
  if (incident.closed_at !== null) return [];
  const { dag_id, logical_date } = incident;
  return [
    "What now: look at its log, put right what is wrong, then run it again\n" +
    `  deno task runs logs ${dag_id} ${logical_date}\n` +
    `  deno task runs retry ${dag_id} ${logical_date} --downstream`,
  ];
}

/** That a later date has succeeded does not repair the one that failed. */
function repairOf({ incident, history }: MessageParts): string[] {
  if (incident.closed_at === null || history.is_repaired) return [];
  const { dag_id, logical_date } = incident;
  return [
    `${logical_date} itself has not succeeded; should it be needed\n` +
    `  deno task runs retry ${dag_id} ${logical_date} --downstream`,
  ];
}

function describeWarnings({ warnings }: MessageParts): string {
  const lines = warnings.map(({ taskId, name, value }) => `  ${taskId}: ${name} = ${value}`);
  return ["Warnings", ...lines].join("\n");
}
