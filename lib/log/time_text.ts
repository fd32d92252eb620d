/** A moment as people there read it, to the second: "2026-05-03 04:00:12". */
export function formatLocalTime(time: Date | Temporal.Instant, timeZone: string): string {
  const instant = time instanceof Date
    ? Temporal.Instant.fromEpochMilliseconds(time.getTime())
    : time;
  return instant.toZonedDateTimeISO(timeZone).toPlainDateTime()
    .toString({ smallestUnit: "second" }).replace("T", " ");
}
