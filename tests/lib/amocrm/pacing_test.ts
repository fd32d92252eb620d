import assert from "node:assert/strict";
import { mock } from "node:test";
import fc from "fast-check";
import { createPacer, type Pacer, sharedPacer } from "../../../lib/amocrm/pacing.ts";

/** Takes a slot for a request that is answered at once. */
async function passThrough(pacer: Pacer): Promise<void> {
  (await pacer.slot()).answered();
}

Deno.test("slot() takes one slot, and two for 30 s after slowDown()", async () => {
  let nowMs = 0;
  let slots = 0;
  const createSlots = () => () => Promise.resolve(void slots++);
  const pacer = createPacer(7, { nowMs: () => nowMs, createSlots });
  const take = async () => {
    slots = 0;
    await passThrough(pacer);
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
  const createSlots = () => () => Promise.resolve(void slots++);
  const pacer = createPacer(7, { nowMs: () => 0, createSlots });
  pacer.slowDown();
  const leave = async () => {
    const departure = await pacer.slot();
    departures.push(slots);
    departure.answered();
  };
  await Promise.all([leave(), leave(), leave()]);
  assert.deepEqual(departures, [2, 4, 6]);
});

Deno.test("slot() lets the first request go alone until it is answered, and again after one that failed", async () => {
  const pacer = createPacer(7, { nowMs: () => 0, createSlots: () => () => Promise.resolve() });
  const taken: string[] = [];
  const first = await pacer.slot();
  const second = pacer.slot().then((departure) => (taken.push("second"), departure));
  await flush();
  assert.equal(taken.length, 0);
  first.failed();
  const third = pacer.slot().then((departure) => (taken.push("third"), departure));
  const answered = await second;
  await flush();
  assert.deepEqual(taken, ["second"]);
  answered.answered();
  (await third).answered();
  assert.deepEqual(taken, ["second", "third"]);
});

Deno.test("slot() goes alone again after half a minute without a request", async () => {
  let nowMs = 0;
  const createSlots = () => () => Promise.resolve();
  const pacer = createPacer(7, { nowMs: () => nowMs, createSlots });
  await passThrough(pacer);
  nowMs = 30_001;
  const first = await pacer.slot();
  let isTaken = false;
  const second = pacer.slot().then((departure) => (isTaken = true, departure));
  await flush();
  assert.equal(isTaken, false);
  first.answered();
  (await second).answered();
});

Deno.test("createPacer() never lets 8 requests into any second at a rate of 7", async () => {
  const departures = await simulate({
    rate: 7,
    count: 15,
    delays: () => ({ outMs: 0, backMs: 0 }),
  });
  const spans = departures.slice(7).map((at, i) => at - (departures[i] ?? 0));
  // A second, and 25 ms for what no answer has shown.
  assert.deepEqual(spans, Array.from({ length: 8 }, () => 1025));
});

Deno.test("createPacer() reaches 95 % of its rate when every answer takes as long", async () => {
  for (const rate of [7, 15, 50]) {
    const count = rate * 5 + 1;
    const arrivals = await simulate({ rate, count, delays: () => ({ outMs: 40, backMs: 110 }) });
    const perSecond = (count - 1) * 1000 / ((arrivals.at(-1) ?? 0) - (arrivals[0] ?? 0));
    assert.ok(perSecond >= 0.95 * rate && perSecond <= rate, `${perSecond} at ${rate}`);
  }
});

Deno.test("createPacer() never lets 8 requests arrive in a second, however they are held up on their way", async () => {
  // The fastest way is 20 ms out and 30 ms back; every third request is not held up.
  const held = fc.array(fc.record({ out: fc.nat(700), back: fc.nat(300) }), { minLength: 30 });
  await fc.assert(
    fc.asyncProperty(held, async (list) => {
      const delays = (i: number) => {
        const { out = 0, back = 0 } = i % 3 === 0 ? {} : list[i % list.length] ?? {};
        return { outMs: 20 + out, backMs: 30 + back };
      };
      const arrivals = await simulate({ rate: 7, count: 30, delays });
      const spans = arrivals.slice(7).map((at, i) => at - (arrivals[i] ?? 0));
      assert.deepEqual(spans.filter((span) => span < 1000), []);
    }),
    { numRuns: 30 },
  );
});

Deno.test("createPacer() makes up for nothing when a timer was late", async () => {
  const pacer = createPacer(20);
  const departures: number[] = [];
  const leave = async () => {
    const departure = await pacer.slot();
    departures.push(performance.now());
    departure.answered();
    if (departures.length === 3) blockFor(300);
  };
  await Promise.all(Array.from({ length: 8 }, leave));
  const gaps = departures.slice(1).map((at, i) => Math.ceil(at - (departures[i] ?? 0)));
  assert.deepEqual(gaps.filter((gap) => gap < 50), []);
});

Deno.test("createPacer() spreads fractions of a request over longer than a second", async () => {
  const delays = () => ({ outMs: 0, backMs: 0 });
  const arrivals = await simulate({ rate: 0.5, count: 3, delays });
  assert.deepEqual(arrivals, [1, 2026, 4051]);
});

Deno.test("sharedPacer() is one per account, whatever the rates asked for", () => {
  const first = sharedPacer("https://a.amocrm.ru", 7);
  assert.equal(sharedPacer("https://a.amocrm.ru", 7), first);
  assert.notEqual(sharedPacer("https://b.amocrm.ru", 7), first);
  assert.equal(sharedPacer("https://a.amocrm.ru", 5), first);
  assert.equal(sharedPacer("https://a.amocrm.ru", 7), first);
});

Deno.test("lowerTo() burns a slot and leaves fewer places in a second, and never makes it faster", async () => {
  const delays = () => ({ outMs: 0, backMs: 0 });
  const lower = await simulate({ rate: 7, count: 8, delays, lowerTo: 5 });
  assert.deepEqual(lower, [200, 400, 600, 800, 1000, 1225, 1425, 1625]);
  const higher = await simulate({ rate: 5, count: 8, delays, lowerTo: 7 });
  assert.deepEqual(higher, [1, 201, 401, 601, 801, 1026, 1226, 1426]);
});

interface Simulation {
  readonly rate: number;
  readonly count: number;
  /** How long the request of this number takes to the account, and its answer from there. */
  readonly delays: (number: number) => { readonly outMs: number; readonly backMs: number };
  readonly lowerTo?: number;
}

/** Takes `count` slots as fast as they come, in simulated time; when the requests arrived, in order. */
async function simulate({ rate, count, delays, lowerTo }: Simulation): Promise<number[]> {
  mock.timers.enable({ apis: ["setTimeout", "Date"], now: 0 });
  try {
    const pacer = createPacer(rate, { nowMs: Date.now });
    const arrivals: number[] = [];
    const leave = async (number: number) => {
      const departure = await pacer.slot();
      const { outMs, backMs } = delays(number);
      arrivals.push(Date.now() + outMs);
      if (outMs + backMs === 0) departure.answered();
      else setTimeout(departure.answered, outMs + backMs);
    };
    let left = count;
    const work = Array.from({ length: count }, (_, i) => leave(i).finally(() => left--));
    if (lowerTo !== undefined) pacer.lowerTo(lowerTo);
    while (left > 0) {
      mock.timers.tick(1);
      await flush();
    }
    await Promise.all(work);
    return arrivals.sort((a, b) => a - b);
  } finally {
    mock.timers.reset();
  }
}

/** Keeps the event loop, and with it every timer, from its turn. */
function blockFor(ms: number): void {
  for (const end = performance.now() + ms; performance.now() < end;);
}

async function flush(): Promise<void> {
  for (let i = 0; i < 20; i++) await Promise.resolve();
}
