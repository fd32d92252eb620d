import assert from "node:assert/strict";
import type { Warehouse } from "../../lib/warehouse/warehouse.ts";
import { dag } from "../../pipeline/daily_amocrm_load_clients.ts";
import { type ExtractBench, openExtractBench, runToFailure } from "../support/extracts.ts";
import { fieldValues } from "../support/rental_account.ts";
import { listRuns } from "../support/runs.ts";
import { testOnBothWarehouses } from "../support/warehouses.ts";

/** Registers a test with an account of its own that has two clients. */
function testClients(
  name: string,
  body: (bench: ExtractBench, warehouse: Warehouse) => Promise<void>,
): void {
  testOnBothWarehouses(name, async (warehouse) => {
    await using bench = await openExtractBench(warehouse);
    await addClients(bench);
    bench.sandbox.requests.clear();
    await body(bench, warehouse);
  });
}

async function addClients({ account }: ExtractBench): Promise<void> {
  const { clientFields: field, clientsCatalogId } = account;
  await account.create(`/catalogs/${clientsCatalogId}/elements`, "elements", [
    {
      name: "Title",
      custom_fields_values: fieldValues([
        [field.client_name, 'Zoë "Z" O\'Hara 🏁'],
        [field.gender, "F"],
        [field.phone, "+971 50 000 0001"],
        [field.email, "zoe@example.com"],
        [field.nationality, "IE"],
        // 1960-01-01 00:00 in Dubai.
        [field.birth_date, -315_633_600],
        [field.license, " DL-77 "],
      ]),
    },
    { name: "A title is no client name" },
  ]);
}

async function readClients(warehouse: Warehouse): Promise<unknown[]> {
  const rows = await warehouse.sql`
    select client_name, gender, phone, email, nationality, birth_date, license, is_deleted
    from stg.stg_clients
    order by id
  `;
  return [...rows];
}

const LANDED = [
  {
    client_name: 'Zoë "Z" O\'Hara 🏁',
    gender: "F",
    phone: "+971 50 000 0001",
    email: "zoe@example.com",
    nationality: "IE",
    birth_date: "1960-01-01",
    license: "DL-77",
    is_deleted: false,
  },
  {
    client_name: null,
    gender: null,
    phone: null,
    email: null,
    nationality: null,
    birth_date: null,
    license: null,
    is_deleted: false,
  },
];

Deno.test("daily_amocrm_load_clients has the tasks and the time that users know", () => {
  const { id, schedule, waitsFor, tasks } = dag;
  assert.deepEqual([id, schedule, waitsFor, tasks.map((task) => [task.id, task.retries])], [
    "daily_amocrm_load_clients",
    "04:05",
    [],
    [["extract_clients", 2], ["load_clients", 2]],
  ]);
});

testClients(
  "daily_amocrm_load_clients lands the clients, and nothing twice",
  async (bench, warehouse) => {
    const first = await bench.run(dag);
    const forced = await bench.run(dag, { force: true });
    assert.deepEqual(first.tasks.map(({ rows }) => rows), [2, 2]);
    assert.deepEqual(forced.tasks.map(({ rows }) => rows), [2, 0]);
    assert.deepEqual(await readClients(warehouse), LANDED);
    assert.deepEqual(await bench.listSnapshots(), []);
  },
);

testClients(
  "daily_amocrm_load_clients succeeds through 429, a reset and cut JSON",
  async (bench, warehouse) => {
    const { faults, requests } = bench.sandbox;
    const elements = `/api/v4/catalogs/${bench.account.clientsCatalogId}/elements`;
    faults.add({ kind: "status", status: 429 }, { path: "/api/v4/account" });
    faults.add({ kind: "reset" }, { path: elements });
    faults.add({ kind: "truncated" }, { path: elements });
    const outcome = await bench.run(dag);
    assert.equal(outcome.status, "success");
    assert.deepEqual(await readClients(warehouse), LANDED);
    const tried = requests.list().filter(({ path }) => path.startsWith(elements));
    assert.deepEqual(tried.map(({ status }) => status), [0, 200, 200]);
  },
);

testClients("daily_amocrm_load_clients lands nothing on a dry run", async (bench, warehouse) => {
  const outcome = await bench.dryRun(dag);
  assert.deepEqual(outcome.tasks.map(({ rows }) => rows), [2, 2]);
  assert.deepEqual(await readClients(warehouse), []);
  assert.deepEqual(await bench.listSnapshots(), []);
});

testClients(
  "daily_amocrm_load_clients fails at once when AMO_CLIENTS_CATALOG names no catalog",
  async (bench, warehouse) => {
    const { amo } = bench.config;
    const config = { ...bench.config, amo: amo && { ...amo, clientsCatalog: "People" } };
    const { carsCatalogId, clientsCatalogId } = bench.account;
    const expected =
      `Cannot find the catalog "People": found 0 among 2: "Cars" (${carsCatalogId}), ` +
      `"Clients" (${clientsCatalogId}), expected 1: set AMO_CLIENTS_CATALOG to a name or an id, ` +
      "or create it with deno task helper_fields --all";
    const { error, runs } = await runToFailure(bench, warehouse, dag, { config });
    assert.equal(error, expected);
    assert.deepEqual(runs[0], ["daily_amocrm_load_clients.extract_clients", 1, "failed", expected]);
  },
);

testClients(
  "daily_amocrm_load_clients fails at once for a wrong token and an HTML 403",
  async (bench, warehouse) => {
    bench.sandbox.faults.add({ kind: "status", status: 403 });
    await bench.run(dag);
    bench.sandbox.revokeToken(bench.sandbox.token);
    await bench.run(dag);
    const task = "daily_amocrm_load_clients.extract_clients";
    const runs = await listRuns(warehouse);
    assert.deepEqual(runs.slice(0, 2), [
      [
        task,
        1,
        "failed",
        "Cannot read /api/v4/account: amoCRM answered 403 with an HTML page, expected 200: the account " +
        "has blocked this program; stop, hammering makes it worse; stop all other programs that use " +
        "the account and write to amoCRM's support",
      ],
      [
        task,
        2,
        "failed",
        "Cannot read /api/v4/account: amoCRM answered 401, expected 200: check AMO_TOKEN",
      ],
    ]);
    assert.equal(bench.sandbox.requests.list().length, 2);
  },
);
