import assert from "node:assert/strict";
import { wantedDays } from "../../bench/day_bench.ts";

const SIZES = { leads: 20_000, cars: 20, clients: 2_000 };

Deno.test("wantedDays() changes other leads on each day of a kind", () => {
  const days = wantedDays(SIZES, 5_000, 3);
  assert.deepEqual(days.map(({ kind, changes }) => [kind, changes]), [
    ["first", [null]],
    ["nothing", [null, null, null]],
    ["changes", [
      "id > 15000 and id <= 20000",
      "id > 10000 and id <= 15000",
      "id > 5000 and id <= 10000",
    ]],
    ["changes", [
      "id % 20 >= 0 and id % 20 < 5",
      "id % 20 >= 5 and id % 20 < 10",
      "id % 20 >= 10 and id % 20 < 15",
    ]],
  ]);
});

Deno.test("wantedDays() refuses days that would change fewer leads than they say", () => {
  assert.throws(() => wantedDays(SIZES, 5_000, 5), /expected 25,000 and 25: raise --leads/);
  assert.throws(
    () => wantedDays({ leads: 30_000, cars: 10, clients: 1 }, 5_000, 3),
    /and 10 cars, expected 15,000 and 15/,
  );
});
