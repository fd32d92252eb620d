import assert from "node:assert/strict";
import { HeavyRead } from "../../../lib/amocrm/answers.ts";
import { askBySize, createPageSize } from "../../../lib/amocrm/page_size.ts";

Deno.test("createPageSize() halves down to 10 and counts what was asked for before only once", () => {
  const changes: number[] = [];
  const size = createPageSize(250, (rows) => changes.push(rows));
  for (const asked of [250, 250, 250, 125, 62, 31, 15, 10]) size.tooHeavy(asked);
  assert.deepEqual(changes, [125, 62, 31, 15, 10]);
  assert.equal(size.rows, 10);
});

Deno.test("createPageSize() tries more again after 20 good answers, and after a vain try after 40", () => {
  const changes: string[] = [];
  let answers = 0;
  const size = createPageSize(250, (rows) => changes.push(`${rows} after ${answers}`));
  size.tooHeavy(250);
  size.tooHeavy(125);
  // From here on 100 rows are the most that the account manages.
  for (; answers < 100; answers++) {
    if (size.rows > 100) size.tooHeavy(size.rows);
    else size.wentWell(size.rows);
  }
  assert.deepEqual(changes, [
    "125 after 0",
    "62 after 0",
    "124 after 19",
    "62 after 20",
    "124 after 60",
    "62 after 61",
  ]);
});

Deno.test("createPageSize() comes back to whole pages when an outage is over", () => {
  const size = createPageSize(250);
  for (const asked of [250, 125, 62, 31, 15]) size.tooHeavy(asked);
  assert.equal(size.rows, 10);
  for (let answers = 0; answers < 100; answers++) size.wentWell(size.rows);
  assert.equal(size.rows, 250);
});

Deno.test("askBySize() asks with half until it is answered, and throws what is no heavy read", async () => {
  const asked: number[] = [];
  const size = createPageSize(250);
  const ask = (rows: number) => {
    asked.push(rows);
    return rows > 100 ? Promise.reject(new HeavyRead("too much")) : Promise.resolve("rows");
  };
  assert.equal(await askBySize(size, ask), "rows");
  assert.equal(await askBySize(size, ask), "rows");
  assert.deepEqual(asked, [250, 125, 62, 62]);
  const failure = new Error("something else");
  await assert.rejects(askBySize(size, () => Promise.reject(failure)), failure);
});
