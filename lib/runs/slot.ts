import type { Dag } from "../dag.ts";

/** The moment at which a DAG's run of a date may begin. */
export function slotOf(
  dag: Dag,
  date: Temporal.PlainDate,
  timeZone: string,
): Temporal.Instant | null {
  return date.toZonedDateTime({ timeZone, plainTime: dag.schedule }).toInstant();
}
