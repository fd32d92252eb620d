import assert from "node:assert/strict";
import { countRentalDays } from "../../../loaders/rentals/rental_days.ts";

function count(start: string, end: string, graceMinutes: number): number {
  return countRentalDays(Temporal.PlainDate.from(start), Temporal.PlainDate.from(end), {
    graceMinutes,
  });
}

Deno.test("countRentalDays() counts nights, and a rental of one day as one", () => {
  assert.equal(count("2026-05-01", "2026-05-04", 29), 3);
  assert.equal(count("2026-02-27", "2026-03-01", 0), 2);
  assert.equal(count("2026-05-01", "2026-05-01", 29), 1);
});

Deno.test("countRentalDays() counts nights where the clock is changed on the way too", () => {
  assert.equal(count("2026-03-28", "2026-03-30", 29), 2, "47 hours");
  assert.equal(count("2026-10-24", "2026-10-26", 29), 2, "49 hours");
  assert.equal(count("2026-10-24", "2026-10-26", 0), 2, "49 hours, none forgiven");
});
