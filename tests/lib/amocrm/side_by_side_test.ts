import assert from "node:assert/strict";
import { sideBySide } from "../../../lib/amocrm/side_by_side.ts";

Deno.test("sideBySide() gives the values in their order", async () => {
  const second = Promise.withResolvers<string>();
  const both = sideBySide([second.promise.then((text) => `${text}!`), Promise.resolve(2)]);
  second.resolve("one");
  assert.deepEqual(await both, ["one!", 2]);
});

Deno.test("sideBySide() throws the first in order, after all have ended", async () => {
  const [first, second, third] = [0, 1, 2].map(() => Promise.withResolvers<number>());
  let hasEnded = false;
  const all = sideBySide([first?.promise, second?.promise, third?.promise])
    .finally(() => hasEnded = true);
  third?.reject(new Error("third"));
  second?.reject(new Error("second"));
  await Promise.resolve();
  assert.equal(hasEnded, false);
  first?.resolve(1);
  await assert.rejects(all, new Error("second"));
});
