import assert from "node:assert/strict";
import { createPlaces } from "../../../lib/amocrm/places.ts";

/** What has been called by now is over. */
async function settle(): Promise<void> {
  for (let i = 0; i < 5; i++) await Promise.resolve();
}

Deno.test("createPlaces() lets so many in, and the others in their order", async () => {
  const open = createPlaces(2);
  const inside: string[] = [];
  const places = ["a", "b", "c", "d"].map((name) => {
    const place = open();
    void place.take().then(() => inside.push(name));
    return place;
  });
  await settle();
  assert.deepEqual(inside, ["a", "b"]);
  places[1]?.[Symbol.dispose]();
  places[1]?.[Symbol.dispose]();
  await settle();
  assert.deepEqual(inside, ["a", "b", "c"]);
});

Deno.test("take() of a place that is taken does not wait, and takes no second one", async () => {
  const open = createPlaces(2);
  const place = open();
  await place.take();
  await place.take();
  await open().take();
});

Deno.test("createPlaces() hands on the place of one that gave up while it waited", async () => {
  const open = createPlaces(1);
  const [first, second, third] = [open(), open(), open()];
  await first.take();
  void second.take();
  const last = third.take();
  second[Symbol.dispose]();
  first[Symbol.dispose]();
  await last;
});
