import assert from "node:assert/strict";
import { createInTurn } from "../../../lib/dashboard/in_turn.ts";
import { createLastGood, type GoodPage } from "../../../lib/dashboard/last_good.ts";
import { MARKUP } from "../../support/site.tsx";
import { LateError } from "../../../lib/dashboard/reading.ts";

Deno.test("createInTurn() does for all who ask meanwhile what it does once", async () => {
  const inTurn = createInTurn<number>({ timeoutMs: 60_000, waiting: 2 });
  const one = Promise.withResolvers<number>();
  let count = 0;
  const work = () => {
    count++;
    return one.promise;
  };
  const answers = [inTurn.ask("/", work), inTurn.ask("/", work)];
  one.resolve(7);
  assert.deepEqual(await Promise.all(answers), [7, 7]);
  assert.equal(count, 1);
  assert.equal(await inTurn.ask("/", () => Promise.resolve(8)), 8);
});

Deno.test("createInTurn() refuses one too many, and lets go of who has waited long", async () => {
  const inTurn = createInTurn<number>({ timeoutMs: 1, waiting: 1 });
  const one = Promise.withResolvers<number>();
  const late = inTurn.ask("/", () => one.promise);
  await assert.rejects(() => inTurn.ask("/fleet", () => Promise.resolve(1)), LateError);
  await assert.rejects(late, LateError);
  one.resolve(7);
  await inTurn.idle();
});

const page: GoodPage = {
  content: { title: "", body: MARKUP, tables: [] },
  state: {
    period: {
      from: Temporal.PlainDate.from("2026-05-01"),
      to: Temporal.PlainDate.from("2026-05-02"),
    },
    car: null,
    model: null,
    asOf: null,
    language: "en",
    own: {},
    address: {},
  },
  notices: [],
  choices: null,
  readAt: Temporal.Instant.from("2026-05-03T00:00:00Z"),
};

Deno.test("createLastGood() forgets the oldest when there are too many, or too long ones", () => {
  const kept = createLastGood({ pages: 2, characters: 100 });
  const known = () => ["a", "b", "c"].filter((key) => kept.get(key) !== null).join("");
  kept.put("a", page, 10);
  kept.put("b", page, 10);
  kept.put("a", page, 20);
  kept.put("c", page, 10);
  assert.equal(known(), "ac");
  kept.put("b", page, 90);
  assert.equal(known(), "bc");
  kept.put("c", page, 101);
  assert.equal(known(), "b");
});
