import fc from "fast-check";
import assert from "node:assert/strict";
import { shorten } from "../../../../pipeline/scheduler/alerts/shorten.ts";

const MARK = "\n[… the middle is left out …]\n";

Deno.test("shorten() leaves alone what fits", () => {
  assert.equal(shorten("a".repeat(100), 100), "a".repeat(100));
});

Deno.test("shorten() cuts between lines", () => {
  const lines = Array.from({ length: 40 }, (_, i) => `line ${i + 10}`).join("\n");
  assert.equal(
    shorten(lines, 110),
    `line 10\nline 11\nline 12\nline 13\nline 14\nline 15${MARK}line 46\nline 47\nline 48\nline 49`,
  );
});

Deno.test("shorten() cuts inside a line that is long by itself", () => {
  assert.equal(shorten("x".repeat(500), 130), `${"x".repeat(60)}${MARK}${"x".repeat(40)}`);
});

Deno.test("shorten() keeps to the limit and breaks no character, whatever the text", () => {
  const texts = fc.array(fc.constantFrom("a", "\n", "🚗", "é", "line\n")).map((all) =>
    all.join("")
  );
  fc.assert(fc.property(texts, fc.integer({ min: 100, max: 200 }), (part, limit) => {
    const text = part.repeat(20);
    const short = shorten(text, limit);
    assert.ok(short.length <= limit);
    assert.ok(short.isWellFormed());
    assert.equal(short === text, text.length <= limit);
  }));
});
