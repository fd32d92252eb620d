import assert from "node:assert/strict";
import { makeStorable } from "../../../../lib/landing/records/storable.ts";

Deno.test("makeStorable() returns the very value when there is nothing to replace", () => {
  const value = { name: 'O\'Neil "VIP" 🚗', list: [1, null, true] };
  assert.equal(makeStorable(value).value, value);
});

Deno.test("makeStorable() replaces NUL and lone surrogates in values and keys", () => {
  const { value, replaced } = makeStorable({ a: ["x", "\u0000"], "k\uDC00": { b: "\uD83D" } });
  assert.deepEqual(value, { a: ["x", "\uFFFD"], "k\uFFFD": { b: "\uFFFD" } });
  assert.deepEqual(replaced, [
    { path: ["a", 1], raw: '"\\u0000"' },
    { path: [], raw: '"k\\udc00"' },
    { path: ["k\uFFFD", "b"], raw: '"\\ud83d"' },
  ]);
});
