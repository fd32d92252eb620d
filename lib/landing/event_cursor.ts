import { z } from "zod";
import type { TaskContext } from "../dag/dag.ts";

/** From where on events are read, and how much beside them. */
export interface EventCursor {
  /** Unix seconds; null: everything that the account still has. */
  readonly from: number | null;
  /** The whole trash, and the events of the last 8 days again. */
  readonly isFull: boolean;
  /** ISO instant before which leads without any row are not asked for; null: all are. */
  readonly leadsSince: string | null;
}

const cursorRows = z.array(z.object({
  cursor_s: z.number().nullable(),
  is_full_due: z.boolean(),
  has_all_leads: z.boolean(),
}));

const FULL_DAYS = 8;

/** A first read of all leads that is under way began later than this: its task has a budget of two hours. */
const FIRST_READ_HOURS = 3;

/** Decides from where on to read, by what the warehouse has; `upperBound` is the CRM's time at the start. */
export async function readEventCursor(
  context: TaskContext,
  upperBound: Temporal.Instant,
): Promise<EventCursor> {
  const [row] = cursorRows.parse([...await context.query("stg/read_event_cursor.sql", [])]);
  if (!row) throw new Error("Cannot read the cursor of events: ops.watermark gave no row");
  const isFull = context.full || row.is_full_due || row.cursor_s === null;
  const since = upperBound.subtract({ hours: FIRST_READ_HOURS }).toString();
  return {
    from: row.cursor_s === null ? null : startOf(row.cursor_s, context, isFull, upperBound),
    isFull,
    leadsSince: row.has_all_leads ? null : since,
  };
}

function startOf(
  cursorS: number,
  { config }: TaskContext,
  isFull: boolean,
  upperBound: Temporal.Instant,
): number {
  const overlapMinutes = config.amo?.eventsOverlapMinutes ?? 0;
  const start = Math.floor(cursorS) - overlapMinutes * 60;
  const again = Math.floor(upperBound.epochMilliseconds / 1000) - FULL_DAYS * 86_400;
  return isFull ? Math.min(start, again) : start;
}
