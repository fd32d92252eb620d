import assert from "node:assert/strict";
import { openEmbeddedWarehouse } from "../../../lib/warehouse/embedded.ts";
import { LockedError } from "../../../lib/file_lock.ts";
import { copyTemplate } from "../../support/embedded_template.ts";
import { temporaryFolder } from "../../support/folders.ts";
import { denoCommand, PROJECT_DIR, readUntil, runDeno } from "../../support/script.ts";

const MODULE = `${PROJECT_DIR}lib/warehouse/embedded.ts`;

Deno.test("openEmbeddedWarehouse() keeps its rows for the next process", async () => {
  await using folder = await temporaryFolder();
  const script = `import { openEmbeddedWarehouse } from "${MODULE}";
    await using warehouse = await openEmbeddedWarehouse("${folder.path}");
    await warehouse.sql\`create table kept as select 42 as answer\`;`;
  const first = await runDeno(["eval", script]);
  assert.deepEqual([first.code, first.stderr], [0, ""]);
  await using warehouse = await openEmbeddedWarehouse(folder.path);
  assert.deepEqual([...await warehouse.sql`select answer from kept`], [{ answer: 42 }]);
  await assert.rejects(
    openEmbeddedWarehouse(folder.path),
    new LockedError(
      `Cannot open the embedded warehouse ${folder.path}/warehouse: process ${Deno.pid} has it open, ` +
        "expected no other user: wait until it has finished",
    ),
  );
});

Deno.test("openEmbeddedWarehouse() is whole after a kill in the middle of a transaction", async () => {
  await using folder = await temporaryFolder();
  await copyTemplate(folder.path);
  const script = `import { openEmbeddedWarehouse } from "${MODULE}";
    const warehouse = await openEmbeddedWarehouse("${folder.path}");
    await warehouse.sql\`create table counted as select 1 as id\`;
    await warehouse.sql.begin(async (tx) => {
      await tx\`insert into counted select generate_series(2, 50000)\`;
      console.log("half-way");
      await new Promise(() => setInterval(() => {}, 1000));
    });`;
  const killed = denoCommand(["eval", script]).spawn();
  await readUntil(killed.stdout, "half-way");
  killed.kill("SIGKILL");
  await killed.status;
  await Promise.all([killed.stdout.cancel(), killed.stderr.cancel()]);
  await using warehouse = await openEmbeddedWarehouse(folder.path);
  assert.deepEqual([...await warehouse.sql`select id from counted`], [{ id: 1 }]);
});

Deno.test("a second process gets exit code 4 and the pid of the first", async () => {
  await using folder = await temporaryFolder();
  await copyTemplate(folder.path);
  await using _warehouse = await openEmbeddedWarehouse(folder.path);
  const result = await runDeno(["run", "-q", "-A", "pipeline/daily_load_ods_leads.ts"], {
    DATA_DIR: folder.path,
  });
  assert.equal(result.code, 4);
  assert.equal(
    result.stderr,
    `Cannot open the embedded warehouse ${folder.path}/warehouse: process ${Deno.pid} has it open, ` +
      "expected no other user: wait until it has finished\n",
  );
});
