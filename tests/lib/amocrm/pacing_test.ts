import assert from "node:assert/strict";
import { mock } from "node:test";
import { createPacer, sharedPacer } from "../../../lib/amocrm/pacing.ts";

Deno.test("slot() takes one slot, and two for 30 s after slowDown()", async () => {
  let nowMs = 0;
  let slots = 0;
  const pacer = createPacer(7, () => nowMs, () => {
    slots++;
    return Promise.resolve();
  });
  const take = async () => {
    slots = 0;
    await pacer.slot();
    return slots;
  };
  assert.equal(await take(), 1);
  pacer.slowDown();
  nowMs = 29_999;
  assert.equal(await take(), 2);
  nowMs = 30_000;
  assert.equal(await take(), 1);
});

Deno.test("slot() lets waiting requests go one by one while it is slow", async () => {
  const departures: number[] = [];
  let slots = 0;
  const pacer = createPacer(7, () => 0, () => Promise.resolve(void slots++));
  pacer.slowDown();
  const leave = async () => {
    await pacer.slot();
    departures.push(slots);
  };
  await Promise.all([leave(), leave(), leave()]);
  assert.deepEqual(departures, [2, 4, 6]);
});

Deno.test("createPacer() never lets 8 requests into any second at a rate of 7", async () => {
  mock.timers.enable({ apis: ["setTimeout", "Date"], now: 0 });
  try {
    const departures: number[] = [];
    const pacer = createPacer(7);
    const leave = async () => {
      await pacer.slot();
      departures.push(Date.now());
    };
    const all = Promise.all(Array.from({ length: 15 }, leave));
    for (let ms = 0; ms < 3000; ms++) {
      mock.timers.tick(1);
      for (let i = 0; i < 10; i++) await Promise.resolve();
    }
    await all;
    const spans = departures.slice(7).map((at, i) => at - (departures[i] ?? 0));
    // Seven intervals of 150 ms, which is 1.05 / 7 s.
    assert.deepEqual(spans, Array.from({ length: 8 }, () => 1050));
  } finally {
    mock.timers.reset();
  }
});

Deno.test("sharedPacer() is one per account, at the lowest rate asked for", () => {
  const first = sharedPacer("https://a.amocrm.ru", 7);
  assert.equal(sharedPacer("https://a.amocrm.ru", 7), first);
  assert.notEqual(sharedPacer("https://b.amocrm.ru", 7), first);
  const slower = sharedPacer("https://a.amocrm.ru", 5);
  assert.notEqual(slower, first);
  assert.equal(sharedPacer("https://a.amocrm.ru", 7), slower);
});
