import assert from "node:assert/strict";
import type { Dag } from "../../lib/dag/dag.ts";
import type { Warehouse } from "../../lib/warehouse/warehouse.ts";
import { dag as loadCars } from "../../pipeline/daily_amocrm_load_cars.ts";
import { dag as loadLeads } from "../../pipeline/daily_amocrm_load_leads.ts";
import { dag as buildStatuses } from "../../pipeline/daily_build_dict_status_leads.ts";
import { findOffenders } from "../support/checks.ts";
import { type ExtractBench, openExtractBench } from "../support/extracts.ts";
import { fieldValues } from "../support/rental_account.ts";
import { testOnBothWarehouses } from "../support/warehouses.ts";

async function send(
  { sandbox }: ExtractBench,
  method: string,
  path: string,
  body: object,
): Promise<void> {
  const headers = {
    authorization: `Bearer ${sandbox.token}`,
    "content-type": "application/json",
  };
  const request = { method, headers, ...method === "DELETE" ? {} : { body: JSON.stringify(body) } };
  const answer = await sandbox.fetch(new Request(`${sandbox.url}/api/v4${path}`, request));
  assert.ok(answer.ok, `${method} ${path} answered ${answer.status}`);
}

/** Runs a DAG for a date and returns what each of its tasks says of drift. */
async function run(bench: ExtractBench, dag: Dag, day: string): Promise<unknown[]> {
  bench.sandbox.clock.advance({ hours: 1 });
  const outcome = await bench.run(dag, { logicalDate: Temporal.PlainDate.from(day) });
  assert.equal(outcome.status, "success", outcome.tasks.map(({ error }) => error).join());
  return outcome.tasks.map(({ metrics }) => metrics?.warning_drift ?? 0);
}

async function listDrift({ sql }: Warehouse): Promise<unknown[]> {
  const rows = await sql`
    select source, kind, change, was, became, advice, settled_at is null as is_open
    from ops.source_drift order by drift_id
  `;
  return rows.map(({ source, kind, change, was, became, advice, is_open }) => [
    `${source} ${kind} ${change}`,
    was,
    became,
    advice,
    is_open,
  ]);
}

testOnBothWarehouses(
  "a field that changes is told once, and open until its column is filled again",
  async (warehouse) => {
    await using bench = await openExtractBench(warehouse);
    const { carsCatalogId, carFields } = bench.account;
    const path = `/catalogs/${carsCatalogId}/custom_fields`;
    const { color, vin } = carFields;
    assert.deepEqual(await run(bench, loadCars, "2026-05-03"), [0, 0]);
    assert.deepEqual(await run(bench, loadCars, "2026-05-04"), [0, 0]);

    await send(bench, "PATCH", `${path}/${color}`, { name: "Paint" });
    await send(bench, "PATCH", `${path}/${vin}`, { name: "vin" });
    await send(bench, "POST", path, [{ name: "Doors", type: "numeric" }]);
    assert.deepEqual(await run(bench, loadCars, "2026-05-05"), [0, 3]);
    assert.deepEqual(await run(bench, loadCars, "2026-05-06"), [0, 0]);
    const doors = (await warehouse.sql`select key from ops.source_schema where name = 'Doors'`)[0]
      ?.key;
    const map = (column: string, id: unknown) => `AMO_FIELD_MAP={"cars":{"${column}":${id}}}`;
    const told = [
      [
        "cars field appeared",
        null,
        '"Doors" (numeric)',
        `nothing reads it; to fill a column from it: ${map("COLUMN", doors)}`,
        false,
      ],
      [
        "cars field changed",
        '"Color" (text)',
        '"Paint" (text)',
        `color stays empty: ${map("color", color)}`,
        true,
      ],
      [
        "cars field changed",
        '"VIN" (text)',
        '"vin" (text)',
        "it still fills vin: nothing to change",
        false,
      ],
    ];
    assert.deepEqual(await listDrift(warehouse), told);
    assert.deepEqual(await findOffenders(warehouse, "source_drift"), [[
      "ops.source_drift",
      String(color),
      'field of cars changed, was "Color" (text), is now "Paint" (text): color stays empty: ' +
      map("color", color),
    ]]);

    const { amo } = bench.config;
    const fieldMap = { leads: {}, clients: {}, cars: { color: color ?? 0 } };
    const config = { ...bench.config, amo: amo && { ...amo, fieldMap } };
    const logicalDate = Temporal.PlainDate.from("2026-05-07");
    assert.equal((await bench.run(loadCars, { logicalDate, config })).status, "success");
    assert.deepEqual(
      await listDrift(warehouse),
      told.map((row) => [...row.slice(0, 4), false]),
    );
    assert.deepEqual(await findOffenders(warehouse, "source_drift"), []);
  },
);

testOnBothWarehouses(
  "an option that is renamed reads all leads again, whose times do not show it",
  async (warehouse) => {
    await using bench = await openExtractBench(warehouse);
    const { account } = bench;
    const old = account.leadFields.model;
    await send(bench, "DELETE", `/leads/custom_fields/${old}`, {});
    const [model = 0] = await account.create("/leads/custom_fields", "custom_fields", [
      {
        name: "Model",
        type: "select",
        enums: [{ value: "SUV", sort: 1 }, { value: "Van", sort: 2 }],
      },
    ]);
    await account.create("/leads", "leads", [{
      pipeline_id: account.pipelineId,
      custom_fields_values: fieldValues([[model, "SUV"]]),
    }]);
    await run(bench, loadLeads, "2026-05-03");
    const [suv] = await warehouse.sql`select key from ops.source_schema where name = 'SUV'`;
    const [van] = await warehouse.sql`select key from ops.source_schema where name = 'Van'`;
    const id = (row: typeof suv) => Number(String(row?.key).split(":")[1]);
    await send(bench, "PATCH", `/leads/custom_fields/${model}`, {
      enums: [
        { id: id(suv), value: "Off-road", sort: 1 },
        { id: id(van), value: "Van", sort: 2 },
        { value: "Coupe", sort: 3 },
      ],
    });
    assert.deepEqual(await run(bench, loadLeads, "2026-05-04"), [0, 2]);
    const rows = await warehouse.sql`select model from stg.stg_leads order by landed_seq`;
    assert.deepEqual(rows.map((row) => row.model), ["SUV", "Off-road"]);
    assert.deepEqual(await listDrift(warehouse), [
      [
        "leads option appeared",
        null,
        '"Coupe"',
        "it is a value of model: nothing to change",
        false,
      ],
      [
        "leads option changed",
        '"SUV"',
        '"Off-road"',
        "it is a value of model: all leads are read again, since their times do not show it; nothing to change",
        false,
      ],
    ]);
    const [load] = await warehouse.sql`
      select metrics from ops.run_log where task_id = 'load_leads' order by logical_date desc limit 1
    `;
    assert.deepEqual([load?.metrics.is_full_scan, load?.metrics.missed_by_incremental], [1, 0]);
  },
);

testOnBothWarehouses(
  "a stage that no rule classes is told once, and open until one does",
  async (warehouse) => {
    await using bench = await openExtractBench(warehouse);
    const { pipelineId, statuses } = bench.account;
    assert.deepEqual(await run(bench, buildStatuses, "2026-05-03"), [0, 0]);
    const path = `/leads/pipelines/${pipelineId}/statuses`;
    await send(bench, "PATCH", `${path}/${statuses["Quote Sent"]}`, { name: "Client's offer" });
    assert.deepEqual(await run(bench, buildStatuses, "2026-05-04"), [1, 0]);
    assert.deepEqual(await run(bench, buildStatuses, "2026-05-05"), [0, 0]);
    assert.deepEqual((await listDrift(warehouse)).at(-1), [
      "statuses stage changed",
      '"Quote Sent"',
      '"Client\'s offer"',
      "no rule classes it, so its rentals are no bookings: insert into dict.dict_stage_rule " +
      "(priority, name_pattern, stage) values (1000, 'Client''s offer', 'confirmed'), or whatever stage it is",
      true,
    ]);
    assert.equal((await findOffenders(warehouse, "source_drift")).length, 1);
    await warehouse.sql`
      insert into dict.dict_stage_rule (priority, name_pattern, stage)
      values (1000, 'Client''s offer', 'quote')
    `;
    await run(bench, buildStatuses, "2026-05-06");
    assert.deepEqual(await findOffenders(warehouse, "source_drift"), []);
  },
);
