import type { ISql } from "postgres";
import { z } from "zod";
import { ConfigError } from "../../lib/config.ts";
import { parseIsoDay } from "../../lib/dag/iso_day.ts";
import { querySqlFile } from "../../lib/warehouse/sql_file.ts";

/** What a report is about. */
export interface Span {
  readonly month: Temporal.PlainYearMonth;
  readonly asOf: Temporal.PlainDate;
}

const day = z.string().transform((text) => Temporal.PlainDate.from(text));
const buildRows = z.array(z.object({ logical_date: day, last_finished_day: day }));

/** Reads "2026-05". Throws `ConfigError`. */
export function parseMonth(text: string): Temporal.PlainYearMonth {
  try {
    if (/^\d{4}-\d{2}$/.test(text)) return Temporal.PlainYearMonth.from(text);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  throw new ConfigError(`Cannot report on the month "${text}": expected one like 2026-05`);
}

/** Reads "2026-06-01". Throws `ConfigError`. */
export function parseAsOf(text: string): Temporal.PlainDate {
  const asOf = parseIsoDay(text);
  if (asOf !== null) return asOf;
  throw new ConfigError(`Cannot report as of "${text}": expected a day like 2026-06-01`);
}

/**
 * The month and the day whose evening the figures show: the last finished day of the newest build, unless another one is
 * asked for. Throws `ConfigError` where the marts are not built, or one of both has not come.
 */
export async function chooseSpan(
  sql: ISql,
  month: Temporal.PlainYearMonth,
  asked: Temporal.PlainDate | null,
): Promise<Span> {
  const [build] = buildRows.parse([...await querySqlFile(sql, "dashboard/read_build.sql", [])]);
  if (!build) {
    throw new ConfigError(
      `Cannot report on ${month}: the marts were never built, expected a build: run deno task daily`,
    );
  }
  const asOf = asked ?? build.last_finished_day;
  if (Temporal.PlainDate.compare(asOf, build.logical_date) > 0) {
    throw new ConfigError(
      `Cannot report as of ${asOf}: the warehouse was last built for ${build.logical_date}, expected that day at ` +
        `most: run deno task daily --date ${asOf} when it has come, or report as of an earlier day`,
    );
  }
  if (Temporal.PlainDate.compare(month.toPlainDate({ day: 1 }), asOf) > 0) {
    throw new ConfigError(
      `Cannot report on ${month}: it had not begun at the end of ${asOf}, expected ${asOf.toPlainYearMonth()} at most: report on an earlier month`,
    );
  }
  return { month, asOf };
}
