import assert from "node:assert/strict";
import { configure, type LogRecord } from "@logtape/logtape";
import type { Dag } from "../../lib/dag/dag.ts";
import { createLineSink } from "../../lib/log/logging.ts";
import type { Warehouse } from "../../lib/warehouse/warehouse.ts";
import { dag } from "../../pipeline/daily_amocrm_load_leads.ts";
import {
  type ExtractBench,
  openExtractBench,
  runToFailure,
  withToken,
} from "../support/extracts.ts";
import { fieldValues } from "../support/rental_account.ts";
import { listRuns } from "../support/runs.ts";
import { testOnBothWarehouses } from "../support/warehouses.ts";

/** Registers a test with an account of its own that has three leads. */
function testLeads(
  name: string,
  body: (bench: ExtractBench, warehouse: Warehouse, ids: readonly number[]) => Promise<void>,
): void {
  testOnBothWarehouses(name, async (warehouse) => {
    await using bench = await openExtractBench(warehouse);
    const ids = await addLeads(bench);
    bench.sandbox.requests.clear();
    await body(bench, warehouse, ids);
  });
}

async function addLeads({ account }: ExtractBench): Promise<number[]> {
  const { pipelineId, statuses, leadFields: field } = account;
  const lead = (name: string, values: readonly (readonly [number | undefined, unknown])[]) => ({
    name,
    pipeline_id: pipelineId,
    status_id: statuses.Confirmed,
    price: 700,
    created_at: 1_777_629_600,
    updated_at: 1_777_629_600,
    custom_fields_values: fieldValues(values),
  });
  return await account.create("/leads", "leads", [
    lead('Zoë "Z" O\'Hara 🏁', [
      [field.plate, "A 1"],
      [field.dailyrate, "350"],
      [field.client_name, "Zoë O'Hara"],
      [field.license, "DL-77"],
      // 2026-05-04 00:00 and 2026-05-06 12:00 in Dubai.
      [field.rental_start, 1_777_838_400],
      [field.rental_end, 1_778_054_400],
    ]),
    lead("No fields", []),
    lead("Odd rate", [[field.dailyrate, "n/a"], [field.plate, "B 2"]]),
  ]);
}

async function readLeads(warehouse: Warehouse): Promise<unknown[]> {
  const rows = await warehouse.sql`
    select name, budget, plate, dailyrate, license, rental_start, rental_end, updated_at
    from stg.stg_leads
    order by id, landed_seq
  `;
  return [...rows];
}

const PLAIN = {
  budget: "700",
  plate: null,
  dailyrate: null,
  license: null,
  rental_start: null,
  rental_end: null,
  updated_at: new Date("2026-05-01T10:00:00Z"),
};
const LANDED = [
  {
    ...PLAIN,
    name: 'Zoë "Z" O\'Hara 🏁',
    plate: "A 1",
    dailyrate: "350",
    license: "DL-77",
    rental_start: new Date("2026-05-03T20:00:00Z"),
    rental_end: new Date("2026-05-06T08:00:00Z"),
  },
  { ...PLAIN, name: "No fields" },
  { ...PLAIN, name: "Odd rate", plate: "B 2" },
];

Deno.test("daily_amocrm_load_leads has the tasks and the time that users know", () => {
  assert.deepEqual(describe(dag), ["daily_amocrm_load_leads", "04:00", [], [
    ["extract_leads", 2],
    ["load_leads", 2],
  ]]);
});

function describe({ id, schedule, waitsFor, tasks }: Dag): unknown[] {
  return [id, schedule, waitsFor, tasks.map((task) => [task.id, task.retries])];
}

testLeads("daily_amocrm_load_leads lands the leads", async (bench, warehouse) => {
  const outcome = await bench.run(dag);
  assert.equal(outcome.status, "success");
  assert.deepEqual(outcome.tasks.map(({ rows }) => rows), [3, 3]);
  assert.deepEqual(await readLeads(warehouse), LANDED);
  assert.deepEqual(outcome.tasks[1]?.metrics, {
    rows_read: 3,
    rows_written: 3,
    warning_records_rejected: 0,
    warning_values_rejected: 1,
    is_full_scan: 1,
    late_rows: 0,
    max_lateness_s: 0,
    missed_by_incremental: 0,
    missed_ids: null,
    leads_missing: 0,
  });
  const rejected = await warehouse.sql`select entity, field, raw, reason from stg.rejected`;
  assert.deepEqual([...rejected], [
    { entity: "leads", field: "dailyrate", raw: "n/a", reason: "not a number" },
  ]);
  assert.deepEqual(await bench.listSnapshots(), []);
});

testLeads("daily_amocrm_load_leads lands nothing the second time", async (bench, warehouse) => {
  await bench.run(dag);
  const again = await bench.run(dag);
  assert.equal(again.status, "done");
  const forced = await bench.run(dag, { force: true });
  assert.equal(forced.status, "success");
  assert.deepEqual(forced.tasks.map(({ rows }) => rows), [0, 0]);
  assert.deepEqual(await readLeads(warehouse), LANDED);
});

testLeads(
  "daily_amocrm_load_leads lands what changed as a further copy",
  async (bench, warehouse, ids) => {
    await bench.run(dag);
    bench.sandbox.clock.advance({ days: 1 });
    await bench.account.patch("/leads", [{ id: ids[1], price: 900 }]);
    const outcome = await bench.run(dag, { logicalDate: Temporal.PlainDate.from("2026-05-04") });
    assert.deepEqual(outcome.tasks.map(({ rows }) => rows), [1, 1]);
    assert.deepEqual(await readLeads(warehouse), [
      LANDED[0],
      LANDED[1],
      { ...LANDED[1], budget: "900", updated_at: new Date("2026-05-04T00:00:00Z") },
      LANDED[2],
    ]);
  },
);

testLeads(
  "daily_amocrm_load_leads lands the linked car and client",
  async (bench, warehouse, ids) => {
    const { account, sandbox } = bench;
    const [car = 0] = await account.create(
      `/catalogs/${account.carsCatalogId}/elements`,
      "elements",
      [{ name: "Car" }],
    );
    const link = { to_entity_id: car, to_entity_type: "catalog_elements" };
    const path = `/api/v4/leads/${ids[0]}/link`;
    const body = JSON.stringify([
      { ...link, metadata: { quantity: 1, catalog_id: account.carsCatalogId } },
    ]);
    const headers = { authorization: `Bearer ${sandbox.token}` };
    await sandbox.fetch(new Request(sandbox.url + path, { method: "POST", headers, body }));
    await bench.run(dag);
    const rows = await warehouse.sql`
    select car_element_id, client_element_id from stg.stg_leads order by id
  `;
    const none = { car_element_id: null, client_element_id: null };
    assert.deepEqual([...rows], [{ ...none, car_element_id: car }, none, none]);
  },
);

testLeads(
  "daily_amocrm_load_leads succeeds through 429, 500, a reset and cut JSON",
  async (bench, warehouse) => {
    const { faults, requests } = bench.sandbox;
    const faultsByPath = [
      [{ kind: "status", status: 429 }, "/api/v4/account"],
      [{ kind: "status", status: 500 }, "/api/v4/leads/pipelines"],
      [{ kind: "reset" }, "/api/v4/leads/custom_fields"],
      [{ kind: "truncated" }, "/api/v4/catalogs"],
    ] as const;
    for (const [fault, path] of faultsByPath) faults.add(fault, { path });
    // The list itself: the third that gets through, after the pipelines and the fields.
    faults.add({ kind: "status", status: 504 }, { path: "/api/v4/leads", after: 2 });
    const outcome = await bench.run(dag);
    assert.equal(outcome.status, "success");
    assert.deepEqual(await readLeads(warehouse), LANDED);
    assert.deepEqual(await listRuns(warehouse), [
      ["daily_amocrm_load_leads.extract_leads", 1, "success", null],
      ["daily_amocrm_load_leads.load_leads", 1, "success", null],
    ]);
    // Pipelines, catalogs and fields are asked for side by side.
    const answers = Map.groupBy(requests.list(), ({ path }) => path.split("?")[0] ?? "");
    assert.deepEqual([...answers].map(([path, list]) => [path, ...list.map((one) => one.status)]), [
      ["/api/v4/account", 429, 200],
      ["/api/v4/leads/pipelines", 500, 200],
      ["/api/v4/catalogs", 200, 200],
      ["/api/v4/leads/custom_fields", 0, 200],
      ["/api/v4/leads", 504, 200],
    ]);
  },
);

const FAILURES = [
  {
    name: "a wrong token",
    break: (bench: ExtractBench) => bench.sandbox.revokeToken(bench.sandbox.token),
    error: "Cannot read /api/v4/account: amoCRM answered 401, expected 200: check AMO_TOKEN",
    requests: 1,
  },
  {
    name: "an HTML 403",
    break: (bench: ExtractBench) =>
      bench.sandbox.faults.add({ kind: "status", status: 403 }, {
        path: "/api/v4/leads",
        after: 2,
      }),
    error:
      "Cannot read /api/v4/leads page 1: amoCRM answered 403 with an HTML page, expected 200: the " +
      "account has blocked this program; stop, hammering makes it worse; stop all other programs " +
      "that use the account and write to amoCRM's support",
    requests: 5,
  },
  {
    name: "a missing field",
    break: async ({ account, sandbox }: ExtractBench) => {
      const path = `/api/v4/leads/custom_fields/${account.leadFields.plate}`;
      const headers = { authorization: `Bearer ${sandbox.token}` };
      await sandbox.fetch(new Request(sandbox.url + path, { method: "DELETE", headers }));
      sandbox.requests.clear();
    },
    error:
      'Cannot extract leads: this field is missing: "plate", expected in the account: create ' +
      "with deno task helper_fields or name the account's own in AMO_FIELD_MAP",
    requests: 4,
  },
  {
    name: "a required field that is a checkbox",
    break: async ({ account, sandbox }: ExtractBench) => {
      const path = `/api/v4/leads/custom_fields/${account.leadFields.rental_start}`;
      const headers = { authorization: `Bearer ${sandbox.token}` };
      await sandbox.fetch(new Request(sandbox.url + path, { method: "DELETE", headers }));
      const field = [{ name: "Rental start", type: "checkbox" }];
      await account.create("/leads/custom_fields", "custom_fields", field);
      sandbox.requests.clear();
    },
    error:
      /^Cannot extract leads: the field "rental start" is of type checkbox \(id \d+\), expected date, date_time or text: create with deno task helper_fields or name the account's own in AMO_FIELD_MAP$/,
    requests: 4,
  },
];

/** Ids of fields differ from account to account: a pattern stands for them. */
function assertText(found: string | null, wanted: string | RegExp): void {
  if (typeof wanted === "string") assert.equal(found, wanted);
  else assert.match(found ?? "", wanted);
}

for (const failure of FAILURES) {
  testLeads(
    `daily_amocrm_load_leads fails at once for ${failure.name}`,
    async (bench, warehouse) => {
      await failure.break(bench);
      const { status, error, runs } = await runToFailure(bench, warehouse, dag);
      assert.equal(status, "failed");
      assertText(error, failure.error);
      assert.deepEqual(runs, [
        ["daily_amocrm_load_leads.extract_leads", 1, "failed", error],
        [
          "daily_amocrm_load_leads.load_leads",
          1,
          "upstream_failed",
          "daily_amocrm_load_leads.extract_leads of 2026-05-03 failed",
        ],
      ]);
      assert.equal(bench.sandbox.requests.list().length, failure.requests);
      assert.deepEqual(await readLeads(warehouse), []);
      assert.deepEqual(await bench.listSnapshots(), []);
    },
  );
}

testLeads("daily_amocrm_load_leads recovers after a failure", async (bench, warehouse) => {
  await bench.run(dag, { config: withToken(bench.config, bench.sandbox.token + "x") });
  const outcome = await bench.run(dag);
  assert.equal(outcome.status, "success");
  assert.deepEqual(await readLeads(warehouse), LANDED);
});

testLeads(
  "daily_amocrm_load_leads names the pipelines when AMO_PIPELINE is none of them",
  async (bench, warehouse) => {
    const { amo } = bench.config;
    const config = { ...bench.config, amo: amo && { ...amo, pipeline: "Boats" } };
    const { error } = await runToFailure(bench, warehouse, dag, { config });
    assert.match(
      error ?? "",
      /^Cannot find the pipeline "Boats": found 0 among 2: ".+" \(\d+\), "Car Rental" \(\d+\), expected 1: set AMO_PIPELINE to a name or an id, or create it with deno task helper_fields --all$/,
    );
  },
);

testLeads(
  "daily_amocrm_load_leads lands nothing and leaves no snapshot on a dry run",
  async (bench, warehouse) => {
    const outcome = await bench.dryRun(dag);
    assert.equal(outcome.status, "dry run");
    assert.deepEqual(outcome.tasks.map(({ rows }) => rows), [3, 3]);
    assert.deepEqual(await readLeads(warehouse), []);
    assert.deepEqual(await listRuns(warehouse), []);
    assert.deepEqual(await bench.listSnapshots(), []);
  },
);

testLeads(
  "daily_amocrm_load_leads loads again what an earlier run has read",
  async (bench, warehouse) => {
    await warehouse.sql`alter table stg.stg_leads add constraint no_leads check (id < 0)`;
    const first = await bench.run(dag);
    await warehouse.sql`alter table stg.stg_leads drop constraint no_leads`;
    assert.deepEqual(first.tasks.map(({ status }) => status), ["success", "failed"]);
    assert.equal((await bench.listSnapshots()).length, 2);
    bench.sandbox.requests.clear();
    const second = await bench.run(dag);
    assert.deepEqual(second.tasks.map(({ status, rows }) => [status, rows]), [
      ["done", null],
      ["success", 3],
    ]);
    assert.deepEqual(bench.sandbox.requests.list(), []);
    assert.deepEqual(await bench.listSnapshots(), []);
  },
);

testLeads(
  "daily_amocrm_load_leads reads again when the snapshot is gone",
  async (bench, warehouse) => {
    await warehouse.sql`alter table stg.stg_leads add constraint no_leads check (id < 0)`;
    await bench.run(dag);
    await warehouse.sql`alter table stg.stg_leads drop constraint no_leads`;
    await Deno.remove(`${bench.config.dataDir}/snapshots`, { recursive: true });
    const second = await bench.run(dag);
    assert.deepEqual(second.tasks.map(({ status, rows }) => [status, rows]), [
      ["success", 3],
      ["success", 3],
    ]);
    assert.deepEqual(await readLeads(warehouse), LANDED);
  },
);

testLeads("daily_amocrm_load_leads keeps the snapshot when told so", async (bench) => {
  await bench.run(dag, { config: { ...bench.config, keepSnapshots: true } });
  const files = await bench.listSnapshots();
  assert.deepEqual(files.map((path) => path.replace(/[0-9a-f-]{36}/, "RUN")).sort(), [
    "leads/2026-05-03/RUN/manifest.json",
    "leads/2026-05-03/RUN/records.ndjson",
  ]);
});

testLeads("daily_amocrm_load_leads logs counts, and neither token nor names", async (bench) => {
  const lines: string[] = [];
  await configure({
    reset: true,
    sinks: { lines: plainSink(lines) },
    loggers: [
      { category: [], sinks: ["lines"], lowestLevel: "debug" },
      { category: ["logtape", "meta"], sinks: [], lowestLevel: "error" },
    ],
  });
  await bench.run(dag);
  await configure({
    reset: true,
    sinks: {},
    loggers: [{ category: ["logtape", "meta"], sinks: [], lowestLevel: "error" }],
  });
  const text = lines.join("\n");
  assert.match(text, /\[extract\] 3 leads dag=daily_amocrm_load_leads/);
  assert.match(text, /\[load\] 3 leads, 3 of them new or changed dag=/);
  const done = lines.filter((line) => line.includes("load_leads done in")).join();
  assert.match(done, / rows_read=3 rows_written=3 .*is_full_scan=1/);
  assert.doesNotMatch(done, /=0\b|=null|late_rows|missed|warning_records_rejected/);
  assert.match(text, /GET \/api\/v4\/leads page 1 answered 200/);
  assert.doesNotMatch(text, /O'Hara|DL-77|eyJ|\[redacted\]|\[token\]/);
});

function plainSink(lines: string[]): (record: LogRecord) => void {
  const settings = { logLevel: "debug", logFormat: "text", businessTz: "Asia/Dubai" } as const;
  return createLineSink(settings, (line) => lines.push(line));
}
