import assert from "node:assert/strict";
import fc from "fast-check";
import {
  countByStage,
  DEFAULT_COUNTS,
  parseCounts,
  scaleCounts,
  sumOf,
} from "../../../loaders/rentals/stage_counts.ts";
import { STAGES } from "../../../loaders/rentals/stages.ts";

Deno.test("scaleCounts() leaves the counts as they are when they sum up to the total", () => {
  assert.equal(sumOf(DEFAULT_COUNTS), 106);
  assert.deepEqual(scaleCounts(DEFAULT_COUNTS, 106), DEFAULT_COUNTS);
});

Deno.test("scaleCounts() gives the rest to the largest fractions", () => {
  // 10 of 106: 1.4, 1.1, 1.1, 1.9, 0.6, 2.4, 0, 1.5; seven whole ones, three more to give.
  assert.deepEqual(scaleCounts(DEFAULT_COUNTS, 10), {
    inquiry: 1,
    quote: 1,
    deposit: 1,
    confirmed: 2,
    on_rent: 1,
    returned: 2,
    closed: 0,
    cancelled: 2,
  });
});

Deno.test("scaleCounts() sums up to any total, and strays less than one from each share", () => {
  const count = fc.integer({ min: 0, max: 500 });
  const counts = fc.record({
    inquiry: count,
    quote: count,
    deposit: count,
    confirmed: count,
    on_rent: count,
    returned: count,
    closed: count,
    cancelled: count,
  }).filter((some) => sumOf(some) > 0);
  fc.assert(fc.property(counts, fc.integer({ min: 0, max: 20_000 }), (some, total) => {
    const scaled = scaleCounts(some, total);
    assert.equal(sumOf(scaled), total);
    for (const stage of STAGES) {
      const share = (some[stage] * total) / sumOf(some);
      assert.ok(Math.abs(scaled[stage] - share) < 1, `${stage}: ${scaled[stage]} of ${share}`);
    }
  }));
});

Deno.test("parseCounts() changes the named stages and leaves the others", () => {
  assert.deepEqual(parseCounts("confirmed=30, closed=6", DEFAULT_COUNTS), {
    ...DEFAULT_COUNTS,
    confirmed: 30,
    closed: 6,
  });
});

for (
  const text of ["", "confirmed", "confirmed=", "confirmed=-1", "rented=1", "confirmed=1 closed=2"]
) {
  Deno.test(`parseCounts() takes no ${JSON.stringify(text)}`, () => {
    assert.equal(parseCounts(text, DEFAULT_COUNTS), null);
  });
}

Deno.test("parseCounts() takes no counts of nothing at all", () => {
  const one = { ...countByStage([]), inquiry: 1 };

  assert.deepEqual(parseCounts("inquiry=1", one), one);
  assert.equal(parseCounts("inquiry=0", one), null);
});

Deno.test("countByStage() leaves out leads in stages of the account's own", () => {
  const leads = [{ stage: "quote" }, { stage: null }, { stage: "quote" }] as const;

  assert.deepEqual(countByStage(leads), { ...countByStage([]), quote: 2 });
});
