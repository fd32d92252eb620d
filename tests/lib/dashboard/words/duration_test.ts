import assert from "node:assert/strict";
import { durationText } from "../../../../lib/dashboard/words/duration.ts";

Deno.test("durationText() says the two greatest units, rounded", () => {
  const texts: readonly (readonly [number, string])[] = [
    [0, "0 s"],
    [59, "59 s"],
    [60, "1 min"],
    [3599, "59 min 59 s"],
    [3600, "1 h"],
    [7199, "2 h"],
    [86_399, "1 d"],
    [187_200, "2 d 4 h"],
    [-90, "-1 min 30 s"],
  ];
  for (const [seconds, text] of texts) assert.equal(durationText("en", seconds), text);
  assert.equal(durationText("ru", 187_200), "2 д 4 ч");
  assert.equal(durationText("en", NaN), null);
});
