import assert from "node:assert/strict";
import { join } from "node:path";
import type { Dag, Task } from "../../../lib/dag/dag.ts";
import { loadTask } from "../../../lib/landing/load_task.ts";
import { readConfig } from "../../../lib/config.ts";
import { runDag } from "../../../lib/runner/runner.ts";
import { createSnapshot } from "../../../lib/landing/snapshot.ts";
import type { Warehouse } from "../../../lib/warehouse/warehouse.ts";
import { temporaryFolder, writeFiles } from "../../support/folders.ts";
import { LEAD_CONTEXT, leadRecord } from "../../support/parsing.ts";
import { dryRunDag, runOptions, testDag } from "../../support/runs.ts";
import { testOnBothWarehouses } from "../../support/warehouses.ts";

/** Reads these records instead of a CRM. */
function extractTask(records: readonly unknown[]): Task {
  return {
    id: "extract_leads",
    prepare: async ({ config, logicalDate, runId }) => {
      const place = { dataDir: config.dataDir, date: logicalDate.toString(), runId };
      await using snapshot = await createSnapshot({ ...place, entity: "leads" });
      await snapshot.write(records, Temporal.Instant.from("2026-05-03T00:00:00Z"));
      const name = await snapshot.finish({
        entity: "leads",
        accountTimeZone: "Asia/Dubai",
        upperBound: "2026-05-03T00:00:00Z",
        fields: LEAD_CONTEXT.fields,
        carsCatalogId: 50,
        clientsCatalogId: 60,
      });
      return { metrics: { snapshot: name } };
    },
  };
}

function dagOf(records: readonly unknown[]): Dag {
  return testDag("leads", [
    extractTask(records),
    loadTask("load_leads", "leads", "extract_leads"),
  ]);
}

const BAD = Array.from({ length: 10 }, (_, i) => leadRecord({ id: i + 1, updated_at: null }));

async function run(warehouse: Warehouse, dataDir: string, dag: Dag, dryRun = false) {
  const config = readConfig({ DATA_DIR: dataDir }, { amo: false });
  const options = runOptions(warehouse, { config });
  return dryRun ? await dryRunDag(dag, options) : await runDag(dag, options);
}

async function listDates(dataDir: string): Promise<string[]> {
  const entries = await Array.fromAsync(Deno.readDir(join(dataDir, "snapshots", "leads")));
  return entries.map(({ name }) => name);
}

testOnBothWarehouses("loadTask() keeps a snapshot that it could not load", async (warehouse) => {
  await using folder = await temporaryFolder();
  const outcome = await run(warehouse, folder.path, dagOf(BAD));
  assert.equal(outcome.tasks[1]?.status, "failed");
  assert.deepEqual(await listDates(folder.path), ["2026-05-03"]);
});

testOnBothWarehouses(
  "loadTask() leaves no snapshot behind when a dry run fails",
  async (warehouse) => {
    await using folder = await temporaryFolder();
    const outcome = await run(warehouse, folder.path, dagOf(BAD), true);
    assert.equal(outcome.tasks[1]?.status, "failed");
    assert.deepEqual(await listDates(folder.path), []);
  },
);

testOnBothWarehouses("loadTask() removes what dead runs left, a day later", async (warehouse) => {
  await using folder = await temporaryFolder();
  const dead = join(folder.path, "snapshots/leads/2026-01-01/run-1.ab.unfinished");
  await Deno.mkdir(dead, { recursive: true });
  await writeFiles(dead, { "records.ndjson": "{}" });
  const at = new Date("2026-01-01T00:00:00Z");
  await Deno.utime(dead, at, at);
  await run(warehouse, folder.path, dagOf([leadRecord()]));
  assert.deepEqual(await listDates(folder.path), []);
});

testOnBothWarehouses("loadTask() says so when nothing was handed over", async (warehouse) => {
  await using folder = await temporaryFolder();
  const silent = { id: "extract_leads", prepare: () => Promise.resolve({ metrics: {} }) };
  const dag = testDag("leads", [silent, loadTask("load_leads", "leads", "extract_leads")]);
  const outcome = await run(warehouse, folder.path, dag);
  assert.equal(
    outcome.tasks[1]?.error,
    "Cannot load what extract_leads read: it handed over no snapshot, expected its name: " +
      "run again with --force",
  );
});
