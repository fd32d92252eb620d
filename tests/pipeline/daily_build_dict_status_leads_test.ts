import assert from "node:assert/strict";
import type { Warehouse } from "../../lib/warehouse/warehouse.ts";
import { dag } from "../../pipeline/daily_build_dict_status_leads.ts";
import { type ExtractBench, openExtractBench, runToFailure } from "../support/extracts.ts";
import { listRuns } from "../support/runs.ts";
import { testOnBothWarehouses } from "../support/warehouses.ts";

function testDictionary(
  name: string,
  body: (bench: ExtractBench, warehouse: Warehouse) => Promise<void>,
): void {
  testOnBothWarehouses(name, async (warehouse) => {
    await using bench = await openExtractBench(warehouse);
    await body(bench, warehouse);
  });
}

/** The rental pipeline's rows; the account has another one, with the same won and lost. */
async function readRentalStatuses(warehouse: Warehouse): Promise<unknown[]> {
  const rows = await warehouse.sql`
    select status_name, stage, status_sort, load_date
    from dict.dict_status_leads
    where pipeline_name = 'Car Rental' and status_sort > 10
    order by status_sort
  `;
  return rows.map((row) => Object.values(row));
}

const MAY_3 = "2026-05-03";

Deno.test("daily_build_dict_status_leads has the tasks and the time that users know", () => {
  const { id, schedule, waitsFor, tasks } = dag;
  assert.deepEqual([id, schedule, waitsFor, tasks.map((task) => [task.id, task.retries])], [
    "daily_build_dict_status_leads",
    "04:55",
    [],
    [["extract_statuses_to_stage", 2], ["merge_dict_status_leads", 2]],
  ]);
});

testDictionary(
  "daily_build_dict_status_leads classes the statuses of every pipeline",
  async (bench, warehouse) => {
    const outcome = await bench.run(dag);
    assert.equal(outcome.status, "success");
    assert.deepEqual(await readRentalStatuses(warehouse), [
      ["Inquiry", "inquiry", 20, MAY_3],
      ["Quote Sent", "quote", 30, MAY_3],
      ["Confirmed", "confirmed", 40, MAY_3],
      ["On Rent", "on_rent", 50, MAY_3],
      ["Closed", "closed", 10_000, MAY_3],
      ["Cancelled", "cancelled", 11_000, MAY_3],
    ]);
    const won = await warehouse.sql`
    select status_name from dict.dict_status_leads where status_id = 142 order by status_name
  `;
    assert.deepEqual(won.map(({ status_name }) => status_name), ["Closed", "Успешно реализовано"]);
  },
);

testDictionary("daily_build_dict_status_leads writes nothing the second time", async (bench) => {
  await bench.run(dag);
  const forced = await bench.run(dag, { force: true });
  assert.deepEqual(forced.tasks.map(({ rows }) => rows), [0, 0]);
});

testDictionary("daily_build_dict_status_leads takes a new name over", async (bench, warehouse) => {
  await bench.run(dag);
  const { pipelineId, statuses } = bench.account;
  const { url, token } = bench.sandbox;
  const path = `/api/v4/leads/pipelines/${pipelineId}/statuses/${statuses["Quote Sent"]}`;
  const answer = await bench.sandbox.fetch(
    new Request(url + path, {
      method: "PATCH",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: JSON.stringify({ name: "Offer 🚗" }),
    }),
  );
  assert.equal(answer.status, 200);
  const outcome = await bench.run(dag, { logicalDate: Temporal.PlainDate.from("2026-05-04") });
  assert.deepEqual(outcome.tasks.map(({ rows }) => rows), [1, 1]);
  assert.deepEqual((await readRentalStatuses(warehouse)).slice(0, 3), [
    ["Inquiry", "inquiry", 20, MAY_3],
    ["Offer 🚗", "other", 30, "2026-05-04"],
    ["Confirmed", "confirmed", 40, MAY_3],
  ]);
});

testDictionary(
  "daily_build_dict_status_leads writes nothing on a dry run",
  async (bench, warehouse) => {
    const outcome = await bench.dryRun(dag);
    assert.equal(outcome.status, "dry run");
    assert.deepEqual(await readRentalStatuses(warehouse), []);
    const [row] = await warehouse.sql`select count(*) as rows from dict.dict_status_leads_stg`;
    assert.deepEqual(row, { rows: 0 });
  },
);

testDictionary(
  "daily_build_dict_status_leads succeeds through a reset and cut JSON",
  async (bench, warehouse) => {
    const { faults, requests } = bench.sandbox;
    for (const kind of ["reset", "truncated"] as const) faults.add({ kind });
    const outcome = await bench.run(dag);
    assert.equal(outcome.status, "success");
    assert.equal((await readRentalStatuses(warehouse)).length, 6);
    assert.deepEqual(requests.list().map(({ status }) => status), [0, 200, 200]);
  },
);

testDictionary(
  "daily_build_dict_status_leads fails at once for a wrong token",
  async (bench, warehouse) => {
    bench.sandbox.revokeToken(bench.sandbox.token);
    const { error } = await runToFailure(bench, warehouse, dag);
    const expected =
      "Cannot read /api/v4/leads/pipelines: amoCRM answered 401, expected 200: check AMO_TOKEN";
    assert.equal(error, expected);
    assert.deepEqual(await listRuns(warehouse), [
      ["daily_build_dict_status_leads.extract_statuses_to_stage", 1, "failed", expected],
      [
        "daily_build_dict_status_leads.merge_dict_status_leads",
        1,
        "upstream_failed",
        "daily_build_dict_status_leads.extract_statuses_to_stage of 2026-05-03 failed",
      ],
    ]);
  },
);

testDictionary(
  "daily_build_dict_status_leads fails at once when AMO_PIPELINE is none of the pipelines",
  async (bench, warehouse) => {
    const { amo } = bench.config;
    const config = { ...bench.config, amo: amo && { ...amo, pipeline: "Boats" } };
    const { status, error, runs } = await runToFailure(bench, warehouse, dag, { config });
    assert.equal(status, "failed");
    assert.match(
      error ?? "",
      /^Cannot find the pipeline "Boats": found 0 among 2: ".+" \(\d+\), "Car Rental" \(\d+\), expected 1: set AMO_PIPELINE to a name or an id, or create it with deno task helper_fields --all$/,
    );
    assert.deepEqual(runs[0], [
      "daily_build_dict_status_leads.extract_statuses_to_stage",
      1,
      "failed",
      error,
    ]);
    assert.deepEqual(await readRentalStatuses(warehouse), []);
  },
);
