import assert from "node:assert/strict";
import { createCopyLines } from "../../../lib/landing/copy_lines.ts";

const encoder = new TextEncoder();

async function readText(pieces: Iterable<Uint8Array<ArrayBuffer>>): Promise<string> {
  return await new Blob([...pieces]).text();
}

Deno.test("createCopyLines() gives the lines that are asked for, in that order", async () => {
  const lines = createCopyLines();
  const numbers = ["é", "🚗", "c"].map((text) => {
    lines.write(text);
    lines.write(encoder.encode("\tЖ\n"));
    return lines.end();
  });
  assert.deepEqual(numbers, [0, 1, 2]);
  assert.equal(await readText(lines.read([2, 0])), "c\tЖ\né\tЖ\n");
  assert.deepEqual([...lines.read([])], []);
});

Deno.test("createCopyLines() grows to what a batch needs, and gives it in pieces", async () => {
  const lines = createCopyLines();
  const texts = ["a".repeat(700_000), "b".repeat(2_000_000), "c"];
  for (const text of texts) {
    lines.write(text.slice(1));
    lines.write(encoder.encode(text.slice(0, 1)));
    lines.end();
  }
  const pieces = [...lines.read([0, 1, 2])];
  assert.ok(pieces.every(({ length }) => length <= 32 * 1024));
  assert.equal(await readText(pieces), texts.join(""));
});

Deno.test("createCopyLines() gives lines that follow one another in one piece, without copying them", async () => {
  const lines = createCopyLines();
  for (const text of ["a\n", "b\n", "c\n", "d\n", "e\n"]) {
    lines.write(text);
    lines.end();
  }
  const pieces = [...lines.read([1, 2, 3, 0, 4])];
  const texts = await Promise.all(pieces.map((piece) => readText([piece])));
  assert.deepEqual(texts, ["b\nc\nd\n", "a\n", "e\n"]);
  assert.equal(new Set(pieces.map(({ buffer }) => buffer)).size, 1);
});

Deno.test("createCopyLines() gives what was written last of a line as text, whatever it holds", () => {
  const lines = createCopyLines();
  for (const text of ["é\t1\n", "🚗\n"]) {
    lines.write("Ж\t");
    lines.write(text);
    lines.end();
  }
  assert.deepEqual([lines.lastPart(0), lines.lastPart(1)], ["é\t1\n", "🚗\n"]);
  lines.clear();
  lines.write("a\t");
  lines.write("b\n");
  assert.equal(lines.lastPart(lines.end()), "b\n");
});

Deno.test("createCopyLines() begins anew", async () => {
  const lines = createCopyLines();
  lines.write("first\n");
  lines.end();
  lines.clear();
  lines.write("other\n");
  assert.equal(lines.end(), 0);
  assert.equal(await readText(lines.read([0])), "other\n");
});
