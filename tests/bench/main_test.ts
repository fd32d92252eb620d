import assert from "node:assert/strict";
import { runDeno } from "../support/script.ts";

const bench = (...args: readonly string[]) =>
  runDeno(["run", "-q", "-A", "bench/main.ts", ...args]);

Deno.test("bench says with --help what there is, and refuses what there is not", async () => {
  const help = await bench("--help");
  assert.equal(help.code, 0);
  assert.match(help.stdout, /day, checks, [^]*stg_load/);
  const unknown = await bench("dya", "--leads", "7");
  assert.equal(unknown.code, 2);
  assert.match(unknown.stderr, /unknown benchmark: dya/);
  const lost = await bench("--only", "day");
  assert.equal(lost.code, 2);
  assert.match(lost.stderr, /--only/);
  const own = await bench("start", "--help");
  assert.equal(own.code, 0);
  assert.match(own.stdout, /--rounds/);
});
