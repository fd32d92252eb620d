import assert from "node:assert/strict";
import { liveAndJudge } from "./live_and_judge.ts";

/** Chosen so that each has something of its own: merges, outages, late rows, missing events, pages of 16 leads. */
const SEEDS = [1, 2, 3, 4, 5, 6, 7, 8];

for (const seed of SEEDS) {
  Deno.test(`daily follows world ${seed} to the row (embedded)`, async () => {
    const { isGood, report } = await liveAndJudge({ seed, days: 8, maxLeads: 60 }, "embedded");
    assert.ok(isGood, report);
  });
}
