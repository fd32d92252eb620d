import assert from "node:assert/strict";
import { join } from "node:path";
import { openEmbeddedWarehouse } from "../../../lib/warehouse/embedded.ts";
import { WarehouseError } from "../../../lib/warehouse/warehouse.ts";
import { LockedError } from "../../../lib/file_lock.ts";
import { copyTemplate } from "../../support/embedded_template.ts";
import { temporaryFolder } from "../../support/folders.ts";
import { denoCommand, PROJECT_DIR, readUntil, runDeno } from "../../support/script.ts";

const MODULE = `${PROJECT_DIR}lib/warehouse/embedded.ts`;

Deno.test("openEmbeddedWarehouse() keeps its rows for the next process", async () => {
  await using folder = await temporaryFolder();
  // What a first start leaves that was cut off.
  await Deno.mkdir(join(folder.path, "warehouse.unfinished", "base"), { recursive: true });
  const script = `import { openEmbeddedWarehouse } from "${MODULE}";
    await using warehouse = await openEmbeddedWarehouse("${folder.path}");
    await warehouse.sql\`create table kept as select 42 as answer\`;`;
  const first = await runDeno(["eval", script]);
  assert.deepEqual([first.code, first.stderr], [0, ""]);
  const names = [...Deno.readDirSync(folder.path)].map(({ name }) => name).sort();
  assert.deepEqual(names, ["warehouse", "warehouse.lock"]);
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

/** What opening the warehouse of a folder says; fails when it opens. */
async function refusalOf(dataDir: string): Promise<string> {
  try {
    await using _warehouse = await openEmbeddedWarehouse(dataDir);
  } catch (error) {
    assert.ok(error instanceof WarehouseError, String(error));
    return error.message;
  }
  throw new Error("Expected a refusal, got a warehouse");
}

Deno.test("openEmbeddedWarehouse() starts nothing over where files are that it cannot use", async () => {
  await using folder = await temporaryFolder();
  const warehouse = join(folder.path, "warehouse");
  await Deno.mkdir(join(warehouse, "base"), { recursive: true });
  const waysOn = "put it back from a backup, or move it away to begin with an empty one";
  assert.equal(
    await refusalOf(folder.path),
    `Cannot open the embedded warehouse ${warehouse}: it has files but no PG_VERSION, expected a whole ` +
      `warehouse or none: ${waysOn}`,
  );
  assert.deepEqual([...Deno.readDirSync(warehouse)].map(({ name }) => name), ["base"]);

  await Deno.writeTextFile(join(warehouse, "PG_VERSION"), "14\n");
  assert.match(
    await refusalOf(folder.path),
    /^Cannot open the embedded warehouse \S+: its PostgreSQL does not start \(.+\) on files of PostgreSQL 14, expected whole files of this program's own version, on a disk with room: if they are damaged, put it back/,
  );

  await Deno.remove(warehouse, { recursive: true });
  await Deno.writeTextFile(warehouse, "a file");
  assert.equal(
    await refusalOf(folder.path),
    `Cannot open the embedded warehouse ${warehouse}: it is a file, expected a folder: move it away, or ` +
      "set DATA_DIR to another folder",
  );
});
