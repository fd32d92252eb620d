import assert from "node:assert/strict";
import { createLoaderProgress } from "../../../loaders/account/loader_progress.ts";

Deno.test("createLoaderProgress() writes a plain line at each tenth when there is no terminal", () => {
  const lines: string[] = [];
  const progress = createLoaderProgress(false, (line) => lines.push(line));
  {
    using bar = progress.start("leads", 2000);
    for (let i = 0; i < 8; i++) bar.advance(50);
    progress.writeLine("[leads_generator] a warning");
    bar.advance(1600);
  }
  assert.deepEqual(lines, [
    "leads: 200 of 2,000",
    "leads: 400 of 2,000",
    "[leads_generator] a warning",
    "leads: 2,000 of 2,000",
  ]);
});

Deno.test("createLoaderProgress() says nothing of work that is done before anybody wonders", () => {
  const lines: string[] = [];
  const progress = createLoaderProgress(false, (line) => lines.push(line));
  using bar = progress.start("fields", 7);
  bar.advance(7);
  using none = progress.start("nothing", 0);
  none.advance(0);
  assert.deepEqual(lines, []);
});
