import assert from "node:assert/strict";
import { createCarDays } from "../../../loaders/rentals/car_days.ts";

Deno.test("createCarDays() counts the starts between what is taken", () => {
  const days = createCarDays([{ from: 6, to: 8 }, { from: 0, to: 2 }, { from: 1, to: 3 }]);

  // Free within [0, 12): 3, 4, 5 and 8, 9, 10, 11.
  assert.equal(days.countStarts({ from: 0, to: 12 }, 1), 7);
  assert.equal(days.countStarts({ from: 0, to: 12 }, 3), 3);
  assert.equal(days.countStarts({ from: 0, to: 12 }, 5), 0);
  assert.equal(days.countStarts({ from: 1, to: 2 }, 1), 0);
});

Deno.test("createCarDays() lets a car go out on the day it comes back, and never takes a day twice", () => {
  const days = createCarDays([{ from: 0, to: 3 }]);
  const window = { from: 0, to: 10 };

  assert.deepEqual(days.take(window, 2, 0), { from: 3, to: 5 });
  assert.deepEqual(days.take(window, 2, 2), { from: 7, to: 9 });
  assert.deepEqual(days.take(window, 2, 0), { from: 5, to: 7 });
  assert.equal(days.countStarts(window, 2), 0);
  assert.throws(() => days.take(window, 2, 0), RangeError);
});
