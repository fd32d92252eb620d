import assert from "node:assert/strict";
import { startWorker } from "../../../lib/run_log/worker.ts";
import { temporaryFolder } from "../../support/folders.ts";

Deno.test("startWorker() gives each process part a name of its own, with host and pid", async () => {
  await using folder = await temporaryFolder();
  using one = startWorker(folder.path);
  using two = startWorker(folder.path);
  assert.notEqual(one.id, two.id);
  assert.match(one.id, new RegExp(`^[\\w-]+\\.${Deno.pid}\\.[0-9a-f]{6}$`));
});

Deno.test("Worker.isDead() tells the living from the dead, and nothing about other machines", async () => {
  await using folder = await temporaryFolder();
  using one = startWorker(folder.path);
  const other = startWorker(folder.path);
  assert.equal(one.isDead(other.id), false);
  other[Symbol.dispose]();
  assert.equal(one.isDead(other.id), false, "it ended well and has removed its file");
  await Deno.writeTextFile(`${folder.path}/workers/host.1.abcdef.lock`, "1\n");
  assert.equal(one.isDead("host.1.abcdef"), true);
  assert.equal(one.isDead("elsewhere.1.abcdef"), false);
  assert.equal(one.isDead("../../etc/passwd"), false);
});

Deno.test("Worker.sweep() removes the old files of the dead alone", async () => {
  await using folder = await temporaryFolder();
  using worker = startWorker(folder.path);
  const path = (name: string) => `${folder.path}/workers/${name}.lock`;
  const anHourAgo = new Date(Date.now() - 3_600_000);
  for (const name of ["old.1.abcdef", "young.2.abcdef"]) await Deno.writeTextFile(path(name), "");
  await Deno.utime(path("old.1.abcdef"), anHourAgo, anHourAgo);
  await Deno.utime(path(worker.id), anHourAgo, anHourAgo);
  worker.sweep();
  const left = (await Array.fromAsync(Deno.readDir(`${folder.path}/workers`)))
    .map(({ name }) => name).sort();
  assert.deepEqual(left, [`${worker.id}.lock`, "young.2.abcdef.lock"].sort());
});
