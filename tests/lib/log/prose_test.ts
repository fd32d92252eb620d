import assert from "node:assert/strict";
import { formatProse } from "../../../lib/log/prose.ts";
import { formatDuration } from "../../../lib/log/time_text.ts";
import { withoutControls } from "../../../lib/run_log/attempts.ts";

Deno.test("formatProse() breaks a long line between words and indents the parts", () => {
  const words = "word ".repeat(30).trim();
  const lines = formatProse(words, "  ").split("\n");
  assert.deepEqual(lines.map((line) => line.length), [76, 76]);
  assert.equal(lines.map((line) => line.trim()).join(" "), words);
});

Deno.test("formatProse() fills a line up to its last column", () => {
  const text = `${"x".repeat(40)} ${"y".repeat(39)} z`;
  assert.equal(formatProse(text, ""), `${"x".repeat(40)} ${"y".repeat(39)}\nz`);
});

Deno.test("formatProse() leaves a word whole that is too long by itself", () => {
  const path = "a/".repeat(60);
  assert.equal(formatProse(`see ${path} there`, ""), `see\n${path}\nthere`);
  assert.equal(formatProse(path, "  "), `  ${path}`);
});

Deno.test("formatProse() does not break the line above a caret", () => {
  const line = `select ${"column, ".repeat(12)}wrong`;
  assert.equal(
    formatProse(`sql/x.sql:1:8: no\n${line}\n       ^`, "  "),
    `  sql/x.sql:1:8: no\n  ${line}\n         ^`,
  );
});

Deno.test("withoutControls() takes what would move a cursor, and leaves lines and tabs", () => {
  assert.equal(
    withoutControls("a\x1b[2Jb\x07\tc\r\nd\u009b1mé"),
    "a\ufffd[2Jb\ufffd\tc\nd\ufffd1mé",
  );
});

Deno.test("formatDuration() says seconds, minutes or hours", () => {
  assert.deepEqual([-0.2, 0.44, 59.96, 60, 725.9, 3600, 12_000].map(formatDuration), [
    "0.0 s",
    "0.4 s",
    "59.9 s",
    "1 min 0 s",
    "12 min 5 s",
    "1 h 0 min",
    "3 h 20 min",
  ]);
});
