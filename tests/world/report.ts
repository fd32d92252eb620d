import type { Difference } from "./compare.ts";
import type { Finding, Judge } from "./judge.ts";
import type { Row } from "./oracle/tables.ts";
import type { WorldOptions } from "./world.ts";

/** How a world went, for people. */
export interface Verdict {
  readonly isGood: boolean;
  readonly report: string;
}

/** What is wrong with a world, for people: the rows, the life of the record, and how to live it again. */
export function describeFindings(
  { seed, days, maxLeads }: WorldOptions,
  judge: Judge,
  most = 5,
): string {
  const { findings } = judge;
  const [first] = findings;
  if (first === undefined) return `World ${seed}: no difference, ${describeWorld(judge)}`;
  const lines = [
    `World ${seed} differs on day ${first.day} (${first.logicalDate}), ${findings.length} in all:`,
    ...findings.slice(0, most).flatMap((finding) => describe(finding)),
    ...lifeOf(first, judge),
    ...judge.runs.filter(({ day }) => day === first.day).map((run) =>
      `  day ${run.day} ${run.dagId}${run.isFull ? " --full" : ""}: ${
        run.isSuccess ? "success" : `no success ${run.message.slice(0, 300)}`
      }`
    ),
    `Again: deno task worlds --seed ${seed} --days ${days} --leads ${maxLeads}`,
  ];
  return lines.join("\n");
}

/** How the warehouse of a reader of changes differs from that of one that reads everything; if at all. */
export function describeDifferences(
  { seed, days, maxLeads }: WorldOptions,
  differences: readonly Difference[],
  most = 8,
): Verdict {
  if (differences.length === 0) {
    return { isGood: true, report: `World ${seed}: no difference from full reads` };
  }
  const about = { day: 0, logicalDate: "", unknown: null };
  const lines = [
    `World ${seed}: ${differences.length} rows differ from what full reads give:`,
    ...differences.slice(0, most).flatMap((difference) => describe({ ...about, difference })),
    `Again: deno task worlds --full --seed ${seed} --days ${days} --leads ${maxLeads}`,
  ];
  return { isGood: false, report: lines.join("\n") };
}

/** What a world had in it, so that an empty one does not pass for a good one. */
function describeWorld({ oracle, runs }: Judge): string {
  const rows = [...oracle.leads.values(), ...oracle.cars.values(), ...oracle.clients.values()]
    .flat();
  const closed = (by: string) => rows.filter(({ deletedBy }) => deletedBy === by).length;
  const failed = runs.filter(({ isSuccess }) => !isSuccess).length;
  return `${oracle.leads.size} leads, ${rows.length} rows, ${oracle.events.size} events, closed by event ` +
    `${closed("event")}, trash ${closed("only_deleted")}, absence ${closed("absence")}, ` +
    `${failed} of ${runs.length} runs without success`;
}

function describe({ difference, unknown }: Finding): string[] {
  if (unknown !== null) return [`  ${unknown.entity} ${unknown.id}: ${unknown.why}`];
  if (difference === null) return [];
  const { table, key, expected, found } = difference;
  return [
    `  ${table} ${key}`,
    `    expected ${describeRow(expected)}`,
    `    found    ${describeRow(found)}`,
  ];
}

function describeRow(row: Row | null): string {
  return row === null ? "no row" : JSON.stringify(row);
}

/** The record that a finding is about. */
function subjectOf({ difference, unknown }: Finding): { kind: string; id: number } | null {
  if (unknown !== null) return { kind: "leads", id: Number(unknown.id) };
  if (difference === null) return null;
  const row = difference.expected ?? difference.found ?? {};
  const named = /^(id|lead_id|car_id|client_id)=(\d+)/.exec(difference.key);
  const id = Number(named?.[2] ?? row.id ?? row.lead_id);
  const kind = /car|fleet/.test(difference.table)
    ? "cars"
    : /client/.test(difference.table)
    ? "clients"
    : "leads";
  return Number.isInteger(id) ? { kind, id } : null;
}

function lifeOf(finding: Finding, { oracle }: Judge): string[] {
  const subject = subjectOf(finding);
  if (subject === null) return [];
  const { kind, id } = subject;
  const entity = kind === "cars" ? "cars" : kind === "clients" ? "clients" : "leads";
  const states = (oracle.lives[entity].get(id) ?? []).map(({ atMs, shownAtMs, shown }) => ({
    at: atMs,
    text: `${shownAtMs > atMs ? `(shown from ${timeOf(shownAtMs)}) ` : ""}${
      shown === null ? "gone" : summarise(shown)
    }`,
  }));
  const events = entity === "leads"
    ? [...oracle.events.values()].filter(({ entityId }) => entityId === id).map((event) => ({
      at: event.createdAt * 1000,
      text: `event ${event.type} ${JSON.stringify(event.before)} -> ${JSON.stringify(event.after)}`,
    }))
    : [];
  const rows = (oracle[entity].get(id) ?? []).map((row) => ({
    at: row.observedAt * 1000,
    text: `row updated_at ${row.updatedAt} ${
      row.columns === null
        ? `deleted by ${row.deletedBy}`
        : `${row.columns.pipeline_id}/${row.columns.status_id} ${row.hash.slice(0, 6)}`
    }`,
  }));
  const life = [...states, ...events, ...rows].sort((a, b) => a.at - b.at);
  return [
    `  The life of ${entity} ${id}:`,
    ...life.map(({ at, text }) => `    ${timeOf(at)} ${text}`),
  ];
}

function timeOf(ms: number): string {
  return `${Temporal.Instant.fromEpochMilliseconds(ms).toString()} (${ms / 1000})`;
}

function summarise(shown: Readonly<Record<string, unknown>>): string {
  const { updated_at, created_at, pipeline_id, status_id, price, is_deleted } = shown;
  const values = Array.isArray(shown.custom_fields_values) ? shown.custom_fields_values : [];
  const fields = values.map((field) => {
    const [first] = Array.isArray(field.values) ? field.values : [];
    return `${field.field_name}=${first?.value}`;
  });
  return `${
    is_deleted ? "trashed " : ""
  }updated_at ${updated_at} created_at ${created_at} stage ${pipeline_id}/${status_id} price ${price} ${
    fields.join(", ")
  }`;
}
