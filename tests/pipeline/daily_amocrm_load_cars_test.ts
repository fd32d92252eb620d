import assert from "node:assert/strict";
import type { Warehouse } from "../../lib/warehouse/warehouse.ts";
import { dag } from "../../pipeline/daily_amocrm_load_cars.ts";
import { type ExtractBench, openExtractBench, runToFailure } from "../support/extracts.ts";
import { fieldValues } from "../support/rental_account.ts";
import { testOnBothWarehouses } from "../support/warehouses.ts";

/** Registers a test with an account of its own that has three cars, two of one plate. */
function testCars(
  name: string,
  body: (bench: ExtractBench, warehouse: Warehouse, ids: readonly number[]) => Promise<void>,
): void {
  testOnBothWarehouses(name, async (warehouse) => {
    await using bench = await openExtractBench(warehouse);
    const ids = await addCars(bench);
    bench.sandbox.requests.clear();
    await body(bench, warehouse, ids);
  });
}

async function addCars({ account }: ExtractBench): Promise<number[]> {
  const { carFields: field, carsCatalogId } = account;
  const car = (values: readonly (readonly [number | undefined, unknown])[]) => ({
    name: "Car",
    custom_fields_values: fieldValues(values),
  });
  return await account.create(`/catalogs/${carsCatalogId}/elements`, "elements", [
    car([
      [field.model, "Nissan Patrol"],
      [field.color, "white"],
      [field.year, 2024],
      [field.plate, "A 1"],
      [field.vin, "JN8AY2NY1K9000001"],
      [field.dailyrate, "350.5"],
    ]),
    car([[field.plate, "A 1"]]),
    car([[field.model, "Kia Rio"]]),
  ]);
}

async function readCars(warehouse: Warehouse): Promise<unknown[]> {
  const rows = await warehouse.sql`
    select model, color, year, plate, vin, dailyrate from stg.stg_cars order by id, landed_seq
  `;
  return [...rows];
}

const NOTHING = { model: null, color: null, year: null, plate: null, vin: null, dailyrate: null };
const LANDED = [
  {
    model: "Nissan Patrol",
    color: "white",
    year: 2024,
    plate: "A 1",
    vin: "JN8AY2NY1K9000001",
    dailyrate: "350.5",
  },
  { ...NOTHING, plate: "A 1" },
  { ...NOTHING, model: "Kia Rio" },
];

Deno.test("daily_amocrm_load_cars has the tasks and the time that users know", () => {
  const { id, schedule, waitsFor, tasks } = dag;
  assert.deepEqual([id, schedule, waitsFor, tasks.map((task) => [task.id, task.retries])], [
    "daily_amocrm_load_cars",
    "04:10",
    [],
    [["extract_cars", 2], ["load_cars", 2]],
  ]);
});

testCars("daily_amocrm_load_cars lands the cars, and nothing twice", async (bench, warehouse) => {
  const first = await bench.run(dag);
  const forced = await bench.run(dag, { force: true });
  assert.deepEqual(first.tasks.map(({ rows }) => rows), [3, 3]);
  assert.deepEqual(forced.tasks.map(({ rows }) => rows), [3, 0]);
  assert.deepEqual(await readCars(warehouse), LANDED);
});

testCars(
  "daily_amocrm_load_cars lands a new plate as a further copy",
  async (bench, warehouse, ids) => {
    await bench.run(dag);
    const { carFields, carsCatalogId } = bench.account;
    bench.sandbox.clock.advance({ days: 1 });
    await bench.account.patch(`/catalogs/${carsCatalogId}/elements`, [
      { id: ids[2], custom_fields_values: fieldValues([[carFields.plate, "C 3"]]) },
    ]);
    const outcome = await bench.run(dag, { logicalDate: Temporal.PlainDate.from("2026-05-04") });
    assert.deepEqual(outcome.tasks.map(({ rows }) => rows), [3, 1]);
    assert.deepEqual(await readCars(warehouse), [...LANDED, { ...LANDED[2], plate: "C 3" }]);
  },
);

testCars(
  "daily_amocrm_load_cars lands a car that is shown as deleted once",
  async (bench, warehouse, ids) => {
    await bench.run(dag);
    const { sandbox } = bench;
    sandbox.setSwitches({ showDeletedElements: true });
    sandbox.clock.advance({ days: 1 });
    await deleteElement(bench, ids[0] ?? 0);
    const deletions = [];
    for (const date of ["2026-05-04", "2026-05-05"]) {
      const outcome = await bench.run(dag, { logicalDate: Temporal.PlainDate.from(date) });
      deletions.push(outcome.tasks[1]?.rows);
      sandbox.clock.advance({ days: 1 });
    }
    assert.deepEqual(deletions, [1, 0]);
    const rows = await warehouse.sql`
    select id, updated_at, model from stg.stg_cars where is_deleted
  `;
    assert.deepEqual([...rows], [
      { id: ids[0], updated_at: new Date("2026-05-04T00:00:00Z"), model: null },
    ]);
  },
);

async function deleteElement({ sandbox }: ExtractBench, id: number): Promise<void> {
  const response = await sandbox.fetch(
    new Request(`${sandbox.url}/ajax/v1/catalog_elements/set/`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${sandbox.token}`,
        "x-requested-with": "XMLHttpRequest",
        "content-type": "application/x-www-form-urlencoded",
      },
      body: `request[catalog_elements][delete][]=${id}`,
    }),
  );
  assert.equal(response.status, 200);
}

testCars(
  "daily_amocrm_load_cars fails at once when a required field is missing",
  async (bench, warehouse) => {
    const { amo } = bench.config;
    const fieldMap = { leads: {}, clients: {}, cars: { plate: "Number plate" } };
    const config = { ...bench.config, amo: amo && { ...amo, fieldMap } };
    const expected =
      'Cannot extract cars: this field is missing: "Number plate" (AMO_FIELD_MAP), ' +
      "expected in the account: create with deno task helper_fields --all or name the account's own in " +
      "AMO_FIELD_MAP";
    const { error, runs } = await runToFailure(bench, warehouse, dag, { config });
    assert.equal(error, expected);
    assert.deepEqual(runs[0], ["daily_amocrm_load_cars.extract_cars", 1, "failed", expected]);
  },
);

testCars("daily_amocrm_load_cars lands nothing on a dry run", async (bench, warehouse) => {
  const outcome = await bench.dryRun(dag);
  assert.deepEqual(outcome.tasks.map(({ rows }) => rows), [3, 3]);
  assert.deepEqual(await readCars(warehouse), []);
  assert.deepEqual(await bench.listSnapshots(), []);
});

testCars(
  "daily_amocrm_load_cars fails at once when AMO_CARS_CATALOG names no catalog",
  async (bench, warehouse) => {
    const { amo } = bench.config;
    const config = { ...bench.config, amo: amo && { ...amo, carsCatalog: "Boats" } };
    const { carsCatalogId, clientsCatalogId } = bench.account;
    const expected =
      `Cannot find the catalog "Boats": found 0 among 2: "Cars" (${carsCatalogId}), ` +
      `"Clients" (${clientsCatalogId}), expected 1: set AMO_CARS_CATALOG to a name or an id, ` +
      "or create it with deno task helper_fields --all";
    const { error, runs } = await runToFailure(bench, warehouse, dag, { config });
    assert.equal(error, expected);
    assert.deepEqual(runs[0], ["daily_amocrm_load_cars.extract_cars", 1, "failed", expected]);
  },
);

testCars(
  "daily_amocrm_load_cars marks the cars that are certainly gone",
  async (bench, warehouse, ids) => {
    const { sandbox, account } = bench;
    const [kept = 0, gone = 0, unclear = 0] = ids;
    await bench.run(dag);
    await deleteElements(bench, [gone, unclear]);
    sandbox.clock.advance({ days: 1 });
    const path = `/api/v4/catalogs/${account.carsCatalogId}/elements`;
    sandbox.faults.add({ kind: "status", status: 410 }, { path: `${path}/${unclear}`, times: 1 });
    sandbox.requests.clear();
    const day = (date: string) => ({ logicalDate: Temporal.PlainDate.from(date) });
    const outcome = await bench.run(dag, day("2026-05-04"));
    assert.deepEqual(
      sandbox.requests.list().slice(-3).map((request) => request.path.split("?")[0]),
      [path, `${path}/${gone}`, `${path}/${unclear}`],
    );
    const { cars_absent: absent, warning_cars_unknown: unknown } = outcome.tasks[0]?.metrics ?? {};
    assert.deepEqual([absent, unknown, outcome.tasks[1]?.metrics?.deleted], [1, 1, 1]);
    const markers = async () => {
      const rows = await warehouse.sql`
      select id::int, observed_at, updated_at, deleted_by, plate, payload
      from stg.stg_cars where is_deleted order by id
    `;
      return [...rows];
    };
    const marker = (id: number, at: string) => ({
      id,
      observed_at: new Date(at),
      updated_at: new Date(at),
      deleted_by: "absence",
      plate: null,
      payload: { id },
    });
    assert.deepEqual(await markers(), [marker(gone, "2026-05-04T00:00:00Z")]);
    // The next complete read asks again for what was unclear.
    sandbox.clock.advance({ days: 1 });
    await bench.run(dag, day("2026-05-05"));
    assert.deepEqual(await markers(), [
      marker(gone, "2026-05-04T00:00:00Z"),
      marker(unclear, "2026-05-05T00:00:00Z"),
    ]);
    const [live] = await warehouse
      .sql`select count(*)::int as rows from stg.stg_cars where id = ${kept}`;
    assert.deepEqual(live, { rows: 1 });
  },
);

testCars(
  "daily_amocrm_load_cars refuses to mark most of the cars unless that is accepted",
  async (bench, warehouse) => {
    const { account } = bench;
    const path = `/catalogs/${account.carsCatalogId}/elements`;
    const more = await account.create(path, "elements", Array(11).fill({ name: "Car" }));
    await bench.run(dag);
    await deleteElements(bench, more);
    const day = { logicalDate: Temporal.PlainDate.from("2026-05-04") };
    const refused = await bench.run(dag, day);
    assert.equal(
      refused.tasks[1]?.error,
      "Cannot mark 11 of 14 live cars as deleted, expected at most 20 % (MAX_DELETE_PERCENT): " +
        `${
          more.join(", ")
        }: look whether they are gone in amoCRM and whether the token may still see them, ` +
        "then run again with --accept-deletes",
    );
    assert.equal((await bench.run(dag, { ...day, acceptDeletes: true })).status, "success");
    const [found] = await warehouse
      .sql`select count(*)::int as rows from stg.stg_cars where is_deleted`;
    assert.deepEqual(found, { rows: 11 });
  },
);

/** As the web interface deletes them. */
async function deleteElements({ sandbox }: ExtractBench, ids: readonly number[]): Promise<void> {
  const body = new URLSearchParams(
    ids.map((id) => ["request[catalog_elements][delete][]", `${id}`]),
  );
  const headers = {
    authorization: `Bearer ${sandbox.token}`,
    "x-requested-with": "XMLHttpRequest",
  };
  const url = "http://sandbox.test/ajax/v1/catalog_elements/set/";
  const response = await sandbox.fetch(new Request(url, { method: "POST", headers, body }));
  assert.equal(response.status, 200);
  await response.body?.cancel();
}
