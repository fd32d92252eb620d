import type { Dag } from "../dag/dag.ts";
import { parseSchedule } from "../dag/schedule.ts";

/** The moment at which a DAG's run of a date may begin; null on a day that its schedule leaves out. */
export function slotOf(
  dag: Dag,
  date: Temporal.PlainDate,
  timeZone: string,
): Temporal.Instant | null {
  return parseSchedule(dag.schedule, timeZone).slots(date, date)[0]?.at ?? null;
}
