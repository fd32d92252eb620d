import type { ISql } from "postgres";
import { readClock } from "../warehouse/clock.ts";
import type { Dag } from "../dag/dag.ts";
import { readAttempts } from "../run_log/attempts.ts";
import { SILENT_AFTER_S } from "../run_log/claims.ts";
import { readTaskStates } from "../run_log/task_states.ts";
import { asTyped } from "../log/typed_commands.ts";
import { describeBriefly, describeStatus } from "./describe.ts";
import { findDag } from "../dag/find_dag.ts";
import { adviceFor, type Cause } from "./advice.ts";
import { type DayView, type DetailedStatus, detailedStatusOf } from "./status.ts";

/**
 * Why a DAG has not run for a date, or what it waits for, down to the root cause, and what to type now: plain
 * text of at most 80 columns, as `runs explain` prints it and an alert carries it.
 *
 * A running worker that gives no sign of life for `silentAfterS` seconds counts as dead. Nobody gives any on the
 * embedded warehouse: `Infinity` for the process that has it open and runs, 0 for one that only looks.
 *
 * Throws `ConfigError` for an unknown DAG.
 */
export async function explainRun(
  sql: ISql,
  dags: readonly Dag[],
  dagId: string,
  logicalDate: Temporal.PlainDate | string,
  timeZone: string,
  silentAfterS: number = SILENT_AFTER_S,
): Promise<string> {
  const dag = findDag(dags, dagId);
  const date = Temporal.PlainDate.from(logicalDate);
  const range = { from: date.toString(), to: date.toString() };
  const states = await readTaskStates(sql, range.from);
  const attempts = await readAttempts(sql, range);
  const now = await readClock(sql);
  return explain(dag, { dags, date, states, attempts, now, timeZone, silentAfterS });
}

/** The text of `explainRun`, from what there is to know. */
export function explain(dag: Dag, view: DayView): string {
  const status = detailedStatusOf(dag, view);
  const chain = followUpstreams(status, view, new Set([dag.id]));
  const causes = chain.causes.length > 0 ? chain.causes : [{ dag, status }];
  const describe = (cause: Cause) => describeStatus(cause.dag, cause.status, view);
  const paragraphs = [
    describe({ dag, status }),
    ...chain.lines.length > 0 ? [["It waits for", ...chain.lines].join("\n")] : [],
    ...chain.causes.length > 0 ? [["At the root:", ...chain.causes.map(describe)].join("\n")] : [],
    adviceFor(causes, view),
  ];
  return asTyped(paragraphs.join("\n\n"));
}

interface Chain {
  /** One line per upstream, indented by its distance. */
  readonly lines: readonly string[];
  /** The DAGs at which it ends. */
  readonly causes: readonly Cause[];
}

/** Follows what a DAG waits for; an upstream that is met again is named, but not followed. */
function followUpstreams(
  status: DetailedStatus,
  view: DayView,
  seen: Set<string>,
  indent = "  ",
): Chain {
  if (status.kind !== "blocked" && status.kind !== "waiting") return { lines: [], causes: [] };
  const lines: string[] = [];
  const causes: Cause[] = [];
  for (const { name, dag } of status.blockers) {
    if (seen.has(dag.id)) {
      lines.push(`${indent}${name}: see above`);
      continue;
    }
    seen.add(dag.id);
    const upstream = detailedStatusOf(dag, view);
    const above = followUpstreams(upstream, view, seen, `${indent}  `);
    lines.push(`${indent}${name}: ${describeBriefly(upstream)}`, ...above.lines);
    causes.push(...above.lines.length > 0 ? above.causes : [{ dag, status: upstream }]);
  }
  return { lines, causes };
}
