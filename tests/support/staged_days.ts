import type { StagedRow } from "./staged.ts";

/** The first day of what property tests make up, in Dubai. */
export const FIRST_DAY = Temporal.PlainDate.from("2026-05-01");
export const ZONE = "Asia/Dubai";

/** An hour of a day, counted from the first one. */
export function moment(days: number, hour: number): string {
  return FIRST_DAY.add({ days }).toZonedDateTime(ZONE).add({ hours: hour }).toInstant().toString();
}

/** What a copy says of itself that was observed on a day, the `i`th of an hour. */
export function seen(
  today: Temporal.PlainDate,
  hour: number,
  i: number,
  isDeleted: boolean,
): StagedRow {
  const at = today.toZonedDateTime(ZONE).add({ hours: hour, minutes: i }).toInstant().toString();
  return {
    updated_at: at,
    observed_at: at,
    is_deleted: isDeleted,
    deleted_by: isDeleted ? "absence" : null,
  };
}
