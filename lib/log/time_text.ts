/** A moment as people there read it, to the second: "2026-05-03 04:00:12". */
export function formatLocalTime(time: Date | Temporal.Instant, timeZone: string): string {
  const instant = time instanceof Date
    ? Temporal.Instant.fromEpochMilliseconds(time.getTime())
    : time;
  return instant.toZonedDateTimeISO(timeZone).toPlainDateTime()
    .toString({ smallestUnit: "second" }).replace("T", " ");
}

/** So many seconds as people say them: "0.4 s", "12 min 5 s", "3 h 20 min". */
export function formatDuration(seconds: number): string {
  if (seconds < 60) return `${(Math.floor(Math.max(seconds, 0) * 10) / 10).toFixed(1)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${Math.floor(seconds % 60)} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
