import assert from "node:assert/strict";
import type { DagOutcome } from "../../lib/dag/outcome.ts";
import type { RunOptions } from "../../lib/runner/run.ts";
import type { Warehouse } from "../../lib/warehouse/warehouse.ts";
import { dag } from "../../pipeline/daily_amocrm_load_leads.ts";
import { type ExtractBench, openExtractBench } from "../support/extracts.ts";
import { fieldValues } from "../support/rental_account.ts";
import { testOnBothWarehouses } from "../support/warehouses.ts";

// The sandbox begins at 2026-05-03 00:00 UTC, a Sunday, and stands still.

/** One lead of the rental pipeline, and one of the main pipeline with a rate that is no number. */
async function openWorld(warehouse: Warehouse) {
  const bench = await openExtractBench(warehouse);
  const { account, sandbox } = bench;
  const [ours = 0, theirs = 0] = await account.create("/leads", "leads", [
    { name: "Ours", pipeline_id: account.pipelineId, price: 100 },
    { name: "Theirs", custom_fields_values: fieldValues([[account.leadFields.dailyrate, "n/a"]]) },
  ]);
  const list = await readJson(bench, "/api/v4/leads/pipelines");
  const main = Number(/"id":(\d+),"name":"[^"]*","sort":\d+,"is_main":true/.exec(list)?.[1]);
  // Far enough from the first read for its overlap.
  sandbox.clock.advance({ hours: 1 });
  sandbox.requests.clear();
  return { bench, ours, theirs, main };
}

async function readJson({ sandbox }: ExtractBench, path: string): Promise<string> {
  const headers = { authorization: `Bearer ${sandbox.token}` };
  const response = await sandbox.fetch(new Request(sandbox.url + path, { headers }));
  return await response.text();
}

/** Runs the DAG for a date and returns rows read and written by each task, with what load_leads measured. */
async function run(bench: ExtractBench, day: string, changes: Partial<RunOptions> = {}) {
  const logicalDate = Temporal.PlainDate.from(day);
  const outcome = await bench.run(dag, { logicalDate, ...changes });
  assert.equal(outcome.status, "success", outcome.tasks.map(({ error }) => error).join());
  return { rows: outcome.tasks.map(({ rows }) => rows), load: loadMetrics(outcome) };
}

function loadMetrics({ tasks }: DagOutcome) {
  const { is_full_scan, late_rows, max_lateness_s, missed_by_incremental, missed_ids } =
    tasks[1]?.metrics ?? {};
  return [is_full_scan, late_rows, max_lateness_s, missed_by_incremental, missed_ids];
}

const INCREMENT = [0, 0, 0, undefined, undefined];

async function listLeads({ sql }: Warehouse): Promise<unknown[]> {
  const rows = await sql`
    select name, budget::float8 as budget, pipeline_id::float8 as pipeline_id
    from stg.stg_leads order by landed_seq
  `;
  return rows.map((row) => [row.name, row.budget, row.pipeline_id]);
}

async function readCursors({ sql }: Warehouse): Promise<unknown> {
  const rows = await sql`
    select name, cursor_at, cursor_day::text as day
    from ops.watermark where name in ('amocrm.leads', 'amocrm.leads_full') order by name
  `;
  return rows.map((row) => [row.cursor_at?.toISOString() ?? null, row.day]);
}

testOnBothWarehouses(
  "daily_amocrm_load_leads follows a lead through all pipelines from its first sight in the rental one",
  async (warehouse) => {
    const { bench, ours, theirs, main } = await openWorld(warehouse);
    await using opened = bench;
    const { account, sandbox } = opened;
    const rental = account.pipelineId;
    assert.deepEqual(await run(bench, "2026-05-03"), { rows: [2, 1], load: [1, 0, 0, 0, null] });
    assert.deepEqual(await listLeads(warehouse), [["Ours", 100, rental]]);
    // Nothing of the others is kept, their slips neither.
    assert.deepEqual([...await warehouse.sql`select entity from stg.rejected`], []);

    sandbox.clock.advance({ days: 1 });
    await account.patch("/leads", [
      { id: ours, pipeline_id: main },
      { id: theirs, price: 70 },
    ]);
    assert.deepEqual(await run(bench, "2026-05-04"), { rows: [2, 1], load: INCREMENT });

    sandbox.clock.advance({ days: 1 });
    await account.patch("/leads", [
      { id: ours, price: 120 },
      { id: theirs, pipeline_id: rental, status_id: account.statuses.Confirmed },
    ]);
    assert.deepEqual(await run(bench, "2026-05-05"), { rows: [2, 2], load: INCREMENT });

    sandbox.clock.advance({ days: 1 });
    await account.patch("/leads", [{ id: theirs, pipeline_id: main }]);
    await run(bench, "2026-05-06");
    assert.deepEqual(await listLeads(warehouse), [
      ["Ours", 100, rental],
      ["Ours", 100, main],
      ["Ours", 120, main],
      ["Theirs", 70, rental],
      ["Theirs", 70, main],
    ]);
  },
);

testOnBothWarehouses(
  "daily_amocrm_load_leads asks six times on a day without a change, and moves the cursor alone",
  async (warehouse) => {
    const { bench } = await openWorld(warehouse);
    await using opened = bench;
    await run(bench, "2026-05-03");
    assert.deepEqual(await readCursors(warehouse), [
      ["2026-05-03T01:00:00.000Z", null],
      ["2026-05-03T01:00:00.000Z", "2026-05-03"],
    ]);
    opened.sandbox.clock.advance({ days: 1 });
    opened.sandbox.requests.clear();
    assert.deepEqual(await run(bench, "2026-05-04"), { rows: [0, 0], load: INCREMENT });
    const asked = opened.sandbox.requests.list().map(({ path, status }) =>
      `${path.split("?")[0]} ${status}`
    );
    assert.deepEqual(asked, [
      "/api/v4/account 200",
      "/api/v4/leads/pipelines 200",
      "/api/v4/catalogs 200",
      "/api/v4/leads/custom_fields 200",
      "/api/v4/leads 204",
      "/api/v4/leads 200",
    ]);
    assert.deepEqual(await readCursors(warehouse), [
      ["2026-05-04T01:00:00.000Z", null],
      ["2026-05-03T01:00:00.000Z", "2026-05-03"],
    ]);
  },
);

testOnBothWarehouses(
  "daily_amocrm_load_leads moves its cursor with the rows alone, and never back",
  async (warehouse) => {
    const { bench, ours } = await openWorld(warehouse);
    await using opened = bench;
    const { account, sandbox } = opened;
    await run(bench, "2026-05-03");
    sandbox.clock.advance({ days: 1 });
    await account.patch("/leads", [{ id: ours, price: 120 }]);
    await warehouse.sql`alter table stg.stg_leads add constraint no_leads check (id < 0) not valid`;
    const logicalDate = Temporal.PlainDate.from("2026-05-04");
    const broken = await bench.run(dag, { logicalDate });
    assert.deepEqual(broken.tasks.map(({ status }) => status), ["success", "failed"]);
    await warehouse.sql`alter table stg.stg_leads drop constraint no_leads`;
    const first = ["2026-05-03T01:00:00.000Z", "2026-05-03"];
    assert.deepEqual(await readCursors(warehouse), [[first[0], null], first]);

    // A newer read overtakes what waits to be loaded, which is therefore read anew.
    sandbox.clock.advance({ days: 1 });
    assert.deepEqual((await run(bench, "2026-05-05")).rows, [1, 1]);
    assert.deepEqual((await run(bench, "2026-05-04")).rows, [0, 0]);

    // The clock of the CRM is put back, and a date of long ago is read as a whole.
    sandbox.clock.advance({ days: -2 });
    await run(bench, "2025-05-06", { full: true });
    assert.deepEqual(await readCursors(warehouse), [["2026-05-05T01:00:00.000Z", null], [
      "2026-05-03T01:00:00.000Z",
      "2026-05-03",
    ]]);
  },
);

testOnBothWarehouses(
  "daily_amocrm_load_leads refuses a snapshot that begins after the end of STG",
  async (warehouse) => {
    const { bench } = await openWorld(warehouse);
    await using opened = bench;
    await run(bench, "2026-05-03");
    opened.sandbox.clock.advance({ days: 1 });
    await warehouse
      .sql`alter table ops.watermark add constraint stuck check (name <> 'amocrm.leads') not valid`;
    const logicalDate = Temporal.PlainDate.from("2026-05-04");
    await bench.run(dag, { logicalDate });
    await warehouse.sql`alter table ops.watermark drop constraint stuck`;
    // As after a restore of an older backup.
    await warehouse
      .sql`update ops.watermark set cursor_at = '2026-05-01' where name = 'amocrm.leads'`;
    const { tasks } = await bench.run(dag, { logicalDate });
    assert.match(
      tasks[1]?.error ?? "",
      /^Cannot load the snapshot leads\/2026-05-04\/[-\w]+: it has the changes since 2026-05-03T00:50:00Z, and STG has those up to 2026-05-01T00:00:00Z, expected no gap: run again with --force to read anew$/,
    );
    assert.equal((await bench.run(dag, { logicalDate, force: true })).status, "success");
  },
);

testOnBothWarehouses(
  "daily_amocrm_load_leads counts what shows late, and finds once a week what no increment could show",
  async (warehouse) => {
    const { bench, ours } = await openWorld(warehouse);
    await using opened = bench;
    const { account, sandbox } = opened;
    const rental = account.pipelineId;
    const [other = 0] = await account.create("/leads", "leads", [
      { name: "Other", pipeline_id: rental, updated_at: 1_777_766_400 },
    ]);
    await run(bench, "2026-05-03");

    // Changed six minutes before the next read, and shown two minutes after it.
    sandbox.clock.advance({ hours: 20 });
    sandbox.setSwitches({ changeLagMs: 8 * 60_000 });
    await account.patch("/leads", [{ id: ours, price: 120 }]);
    sandbox.clock.advance({ minutes: 6 });
    assert.deepEqual(await run(bench, "2026-05-04"), { rows: [0, 0], load: INCREMENT });
    sandbox.setSwitches({ changeLagMs: 0 });
    sandbox.clock.advance({ days: 1 });
    assert.deepEqual(await run(bench, "2026-05-05"), {
      rows: [1, 1],
      load: [0, 1, 360, undefined, undefined],
    });

    // Written back beyond the overlap; the edit of the other lead is one of this day.
    sandbox.clock.advance({ hours: 1 });
    await account.patch("/leads", [
      { id: ours, price: 130, updated_at: 1_777_800_000 },
      { id: other, price: 10 },
    ]);
    sandbox.clock.advance({ days: 1 });
    assert.deepEqual((await run(bench, "2026-05-06")).rows, [1, 1]);
    sandbox.clock.advance({ days: 1 });
    await account.patch("/leads", [{ id: other, price: 20 }]);
    assert.deepEqual(await run(bench, "2026-05-10"), {
      rows: [3, 2],
      load: [1, 0, 0, 1, String(ours)],
    });
    assert.deepEqual(await listLeads(warehouse), [
      ["Ours", 100, rental],
      ["Other", 0, rental],
      ["Ours", 120, rental],
      ["Other", 10, rental],
      ["Ours", 130, rental],
      ["Other", 20, rental],
    ]);
    sandbox.clock.advance({ days: 1 });
    assert.deepEqual((await run(bench, "2026-05-11", { full: true })).load, [1, 0, 0, 0, null]);
  },
);

testOnBothWarehouses(
  "daily_amocrm_load_leads reads all leads when they are read otherwise than before, which is no miss",
  async (warehouse) => {
    const { bench, ours } = await openWorld(warehouse);
    await using opened = bench;
    const { account, sandbox, config } = opened;
    await account.patch("/leads", [
      { id: ours, custom_fields_values: fieldValues([[account.leadFields.model, "A 1"]]) },
    ]);
    await run(bench, "2026-05-03");
    sandbox.clock.advance({ days: 1 });
    const { amo } = config;
    const fieldMap = { leads: { license: "MODEL" }, clients: {}, cars: {} };
    const changed = { ...config, amo: amo && { ...amo, fieldMap } };
    assert.deepEqual(await run(bench, "2026-05-04", { config: changed }), {
      rows: [2, 1],
      load: [1, 0, 0, 0, null],
    });
    const [row] = await warehouse
      .sql`select license from stg.stg_leads order by landed_seq desc limit 1`;
    assert.equal(row?.license, "A 1");
  },
);

testOnBothWarehouses(
  "daily_amocrm_load_leads reads all leads, with a warning, where the filter is ignored",
  async (warehouse) => {
    const { bench, ours } = await openWorld(warehouse);
    await using opened = bench;
    await run(bench, "2026-05-03");
    opened.sandbox.setSwitches({ ignoredFilters: ["updated_at"] });
    opened.sandbox.clock.advance({ days: 1 });
    await opened.account.patch("/leads", [{ id: ours, price: 120 }]);
    const logicalDate = Temporal.PlainDate.from("2026-05-04");
    const { tasks } = await bench.run(dag, { logicalDate });
    const { rows_read, warning_filter_ignored, is_full_scan } = tasks[0]?.metrics ?? {};
    assert.deepEqual([rows_read, warning_filter_ignored, is_full_scan], [2, 1, 1]);
    assert.deepEqual(tasks[1]?.rows, 1);
    assert.deepEqual(await readCursors(warehouse), [
      ["2026-05-04T01:00:00.000Z", null],
      ["2026-05-04T01:00:00.000Z", "2026-05-04"],
    ]);
  },
);

testOnBothWarehouses(
  "daily_amocrm_load_leads notes which live leads a read of all did not show",
  async (warehouse) => {
    const { bench, ours } = await openWorld(warehouse);
    await using opened = bench;
    const { account, sandbox } = opened;
    const [gone = 0, back = 0] = await account.create("/leads", "leads", [
      { name: "Gone", pipeline_id: account.pipelineId },
      { name: "Back", pipeline_id: account.pipelineId },
    ]);
    await run(bench, "2026-05-03");
    sandbox.clock.advance({ days: 1 });
    await account.trash([gone, back]);
    await run(bench, "2026-05-04");
    const missing = async () =>
      [...await warehouse.sql`select id::float8 as id, scan_at from ops.missing_lead order by id`]
        .map((row) => [row.id, row.scan_at.toISOString()]);
    assert.deepEqual(await missing(), []);
    await run(bench, "2026-05-05", { full: true });
    const time = "2026-05-04T01:00:00.000Z";
    assert.deepEqual(await missing(), [[gone, time], [back, time]]);
    sandbox.clock.advance({ days: 1 });
    sandbox.leads.restore([back], undefined);
    await run(bench, "2026-05-06", { full: true });
    assert.deepEqual(await missing(), [[gone, "2026-05-05T01:00:00.000Z"]]);
    assert.ok(ours > 0);
  },
);

testOnBothWarehouses(
  "row_count_drop holds reads of all leads against each other, and no others",
  async (warehouse) => {
    const { bench } = await openWorld(warehouse);
    await using opened = bench;
    const { account, sandbox } = opened;
    const ids = await account.create(
      "/leads",
      "leads",
      Array.from(
        { length: 20 },
        (_, i) => ({ name: `Lead ${i}`, pipeline_id: account.pipelineId }),
      ),
    );
    await run(bench, "2026-05-03");
    sandbox.clock.advance({ days: 1 });
    await account.trash(ids);
    assert.deepEqual((await run(bench, "2026-05-04")).rows, [0, 0]);
    const logicalDate = Temporal.PlainDate.from("2026-05-05");
    const warningOf = (outcome: DagOutcome) => outcome.tasks[1]?.metrics?.warning_row_count_drop;
    assert.equal(warningOf(await bench.run(dag, { logicalDate, full: true })), 1);
    const next = Temporal.PlainDate.from("2026-05-06");
    assert.equal(warningOf(await bench.run(dag, { logicalDate: next })), undefined);
  },
);
