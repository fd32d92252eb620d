import assert from "node:assert/strict";
import { join } from "node:path";
import type { Warehouse } from "../../lib/warehouse/warehouse.ts";
import {
  addCarAndClient,
  DAY,
  dumpLayers,
  leadItem,
  RUN_COLUMNS,
  testScripts,
  testScriptsOnServer,
} from "../support/daily_setup.ts";
import { fieldValues, type RentalAccount } from "../support/rental_account.ts";

const DOWNSTREAM = [
  ["daily_load_ods_leads", "daily_amocrm_load_leads.load_leads"],
  ["daily_load_ods_clients", "daily_amocrm_load_clients.load_clients"],
  ["daily_load_ods_cars", "daily_amocrm_load_cars.load_cars"],
  ["daily_build_dds_dim", "daily_load_ods_leads.merge_ods_leads"],
  ["daily_build_dds_fact", "daily_build_dds_dim"],
] as const;

testScripts("daily fills every layer, and writes no row when run again", async (setup) => {
  const { account } = setup;
  const { carId, clientId } = await addCarAndClient(account);
  const [leadId] = await account.create("/leads", "leads", [booking(account)]);

  const first = await setup.run("daily");
  const landed = await setup.inspect((warehouse) => dumpLayers(warehouse));
  const again = await setup.run("daily");
  const forced = await setup.run("daily", ["--date", DAY, "--force"]);

  assert.equal(first.code, 0, first.stderr);
  assert.match(first.stdout, /^daily_build_dds_fact +success +\d+\.\d$/m);
  assert.equal(again.code, 0);
  assert.match(again.stdout, /^daily_build_dds_fact +done/m);
  assert.equal(forced.code, 0, forced.stderr);
  await setup.inspect(async (warehouse) => {
    assert.deepEqual(await dumpLayers(warehouse), landed);
    const [fact] = await warehouse.sql`
      select lead_id::integer, car_id::integer, client_id::integer, stage, amount::integer, rental_days
      from dds.fact_rentals
    `;
    assert.deepEqual({ ...fact }, {
      lead_id: leadId,
      car_id: carId,
      client_id: clientId,
      stage: "confirmed",
      amount: 300,
      rental_days: 3,
    });
    assert.deepEqual(await writtenByLastAttempt(warehouse), [0]);
  });
});

testScriptsOnServer(
  "daily --full reads all leads again although the date has succeeded, and builds on that alone",
  async (setup) => {
    const { account, sandbox } = setup;
    const [id] = await account.create("/leads", "leads", [booking(account)]);
    const first = await setup.run("daily");
    // Written back to before the last read, and no event tells: only a read of all leads shows it.
    sandbox.setSwitches({ missingEventTypes: ["sale_field_changed", "lead_status_changed"] });
    sandbox.clock.set(`${DAY}T12:00:00+04:00`);
    const updated_at = Date.parse("2026-05-02T00:00:00Z") / 1000;
    await account.patch("/leads", [{ id, price: 700, updated_at }]);

    const full = await setup.run("daily", ["--date", DAY, "--full"]);

    assert.deepEqual([first.code, full.code], [0, 0], first.stderr + full.stderr);
    assert.match(full.stdout + full.stderr, /Reading all leads, since that was asked for/);
    const ends = [...full.stdout.matchAll(/^(daily_\w+) +(done|success)/gm)];
    assert.deepEqual(ends.filter(([, , end]) => end === "success").map(([, dag]) => dag), [
      "daily_amocrm_load_leads",
      "daily_amocrm_load_events",
      "daily_load_ods_leads",
      "daily_build_dds_dim",
      "daily_build_dds_fact",
      "daily_build_dm",
    ]);
    const [fact] = await setup.inspect(({ sql }) =>
      sql`select budget::integer from dds.fact_rentals`
    );
    assert.equal(fact?.budget, 700);
  },
);

// The SQL that these two take is tested on both kinds of warehouse in tests/sql.
testScriptsOnServer(
  "daily keeps a price, a status and a plate that go there and back",
  async (setup) => {
    const { sandbox, account } = setup;
    await addCarAndClient(account);
    const [id = 0] = await account.create("/leads", "leads", [booking(account)]);
    const states = [
      { status: "Confirmed", price: 300, plate: "A 1" },
      { status: "On Rent", price: 450, plate: "B 2" },
      { status: "Confirmed", price: 300, plate: "A 1" },
    ];
    const facts: unknown[] = [];
    for (const [i, { status, price, plate }] of states.entries()) {
      const date = `2026-05-0${3 + i}`;
      sandbox.clock.set(`${date}T12:00:00+04:00`);
      await account.patch("/leads", [{ id, ...leadItem(account, status, { price }, { plate }) }]);
      const { code, stderr } = await setup.run("daily", ["--date", date]);
      assert.equal(code, 0, stderr);
      facts.push(
        await setup.inspect(async ({ sql }) => {
          const [row] = await sql`
          select stage, amount::integer, car_id <> 0 as has_car from dds.fact_rentals
        `;
          return { ...row };
        }),
      );
    }

    assert.deepEqual(facts, [
      { stage: "confirmed", amount: 300, has_car: true },
      { stage: "on_rent", amount: 450, has_car: false },
      { stage: "confirmed", amount: 300, has_car: true },
    ]);
    await setup.inspect(async ({ sql }) => {
      const versions = await sql`
      select
        budget::integer, plate, to_char(valid_from at time zone 'Asia/Dubai', 'MM-DD HH24:MI') as opened,
        to_char(valid_to at time zone 'Asia/Dubai', 'MM-DD HH24:MI') as closed
      from ods.ods_leads_hist
      order by valid_from
    `.values();
      assert.deepEqual([...versions], [
        [300, "A 1", "05-03 12:00", "05-04 12:00"],
        [450, "B 2", "05-04 12:00", "05-05 12:00"],
        [300, "A 1", "05-05 12:00", null],
      ]);
      const changes = await sql`
      select from_status_id::integer, to_status_id::integer, dwell_seconds::integer
      from dds.fact_lead_status_change
      order by change_ts
    `.values();
      const { Confirmed, "On Rent": onRent } = account.statuses;
      assert.deepEqual([...changes], [
        [Confirmed, onRent, 32 * 3600],
        [onRent, Confirmed, 24 * 3600],
      ]);
    });
  },
);

testScriptsOnServer(
  "daily lands records with odd values as the warehouse asks for",
  async (setup) => {
    const { account } = setup;
    const { carId } = await addCarAndClient(account);
    const [twinId = 0] = await account.create(
      `/catalogs/${account.carsCatalogId}/elements`,
      "elements",
      ["X 7", "x-7"].map((plate) => ({
        name: "A twin",
        custom_fields_values: fieldValues([[account.carFields.plate, plate]]),
      })),
    );
    const [otherPipeline] = await account.create("/leads/pipelines", "pipelines", [{
      name: "Corporate",
      sort: 30,
      is_main: false,
      is_unsorted_on: false,
      _embedded: { statuses: [{ name: "Talk", sort: 20 }] },
    }]);
    const [empty, bad, dated, named, won, , twins, plateless] = await account.create(
      "/leads",
      "leads",
      [
        { pipeline_id: account.pipelineId, status_id: account.statuses.Inquiry },
        leadItem(account, "Confirmed", {}, { dailyrate: "n/a", plate: "A 1" }),
        leadItem(account, "Confirmed", {}, {
          rental_start: Date.UTC(2026, 4, 9, 20) / 1000,
          rental_end: "2026-05-12T10:30:00+04:00",
        }),
        leadItem(account, "Confirmed", { name: 'O\'Neil "🚗"' }, { client_name: "Ада 😀 O'Neil" }),
        leadItem(account, "Closed", {}, {}),
        { pipeline_id: otherPipeline, status_id: 142 },
        leadItem(account, "Confirmed", {}, { plate: "X7" }),
        leadItem(account, "Confirmed", {}, { plate: "  " }),
      ],
    );

    const { code, stderr } = await setup.run("daily");

    assert.equal(code, 0, stderr);
    await setup.inspect(async ({ sql }) => {
      const rows = await sql`
      select
        f.lead_id::integer, f.status_name, f.car_id::integer, f.dailyrate, h.name, h.client_name,
        h.plate, f.rental_start::text, f.rental_end::text
      from dds.fact_rentals as f
      inner join ods.ods_leads_hist as h on f.lead_id = h.id and h.is_current
      order by f.lead_id
    `;
      const fact = new Map(rows.map((row) => [row.lead_id, row]));
      assert.equal(fact.size, 7);
      assert.deepEqual([fact.get(empty)?.plate, fact.get(empty)?.car_id], [null, 0]);
      assert.deepEqual([fact.get(bad)?.dailyrate, fact.get(bad)?.car_id], [null, carId]);
      // A date is midnight in the business time zone; a moment stays the moment it is.
      assert.equal(Date.parse(fact.get(dated)?.rental_start), Date.UTC(2026, 4, 9, 20));
      assert.equal(Date.parse(fact.get(dated)?.rental_end), Date.UTC(2026, 4, 12, 6, 30));
      assert.deepEqual(
        [fact.get(named)?.name, fact.get(named)?.client_name],
        ['O\'Neil "🚗"', "Ада 😀 O'Neil"],
      );
      assert.equal(fact.get(won)?.status_name, "Closed");
      assert.equal(fact.get(twins)?.car_id, 0);
      assert.deepEqual([fact.get(plateless)?.plate, fact.get(plateless)?.car_id], [null, 0]);
      assert.ok(twinId > 0);
      const rejected =
        await sql`select entity, entity_id::integer, field, raw, reason from stg.rejected`;
      assert.deepEqual(rejected.map((row) => ({ ...row })), [
        { entity: "leads", entity_id: bad, field: "dailyrate", raw: "n/a", reason: "not a number" },
      ]);
      const won142 = await sql`
      select pipeline_name, status_name from dds.dim_status where status_id = 142 order by 1
    `.values();
      assert.deepEqual([...won142].slice(0, 2), [
        ["Car Rental", "Closed"],
        ["Corporate", "Успешно реализовано"],
      ]);
    });
  },
);

for (const [script, upstream] of DOWNSTREAM) {
  testScriptsOnServer(`${script} refuses with exit code 3 when run first`, async (setup) => {
    const { code, stdout } = await setup.run(script);

    assert.equal(code, 3);
    assert.equal(
      stdout.trimEnd().split("\n").at(-1),
      `Cannot run ${script} for ${DAY}: waiting for ${upstream} of ${DAY} (never ran)`,
    );
    assert.deepEqual(
      await setup.inspect(async ({ sql }) => [...await sql`select from ops.run_log`]),
      [],
    );
  });
}

testScriptsOnServer("each script runs alone when its upstream has succeeded", async (setup) => {
  const { account } = setup;
  await addCarAndClient(account);
  await account.create("/leads", "leads", [booking(account)]);
  const scripts = [
    "daily_amocrm_load_leads",
    "daily_amocrm_load_clients",
    "daily_amocrm_load_cars",
    "daily_amocrm_load_events",
    "daily_build_dict_status_leads",
    ...DOWNSTREAM.map(([script]) => script),
  ];
  for (const script of scripts) {
    const { code, stderr } = await setup.start(script);
    assert.equal(code, 0, `${script}: ${stderr}`);
  }
  const alone = await setup.inspect((warehouse) => dumpLayers(warehouse, RUN_COLUMNS));

  const together = await setup.run("daily", ["--date", DAY, "--force"]);

  assert.equal(together.code, 0);
  assert.deepEqual(
    await setup.inspect((warehouse) => dumpLayers(warehouse, RUN_COLUMNS)),
    alone,
  );
  assert.equal(alone["dds.fact_rentals"]?.length, 1);
});

testScripts("daily writes nothing at all when dry, and shows what it would", async (setup) => {
  const onServer = "PG_HOST" in setup.env;
  // As on a machine that has never run anything.
  if (onServer) {
    await setup.inspect(({ sql }) => sql`drop schema stg, ods, dict, dds, dm, ops cascade`);
  } else await Deno.remove(join(setup.dataDir, "warehouse"), { recursive: true });
  await addCarAndClient(setup.account);
  await setup.account.create("/leads", "leads", [booking(setup.account)]);
  const before = await Array.fromAsync(Deno.readDir(setup.dataDir));

  const { code, stdout, stderr } = await setup.run("daily", ["--date", DAY, "--dry-run"]);

  assert.equal(code, 0, stderr);
  assert.match(stdout, new RegExp(`^${DAY}: 11 of 11 DAGs would run$`, "m"));
  assert.match(stdout, /^ {4}load_leads +reads 1, writes 1$/m);
  // What its upstreams would land counts in.
  assert.match(stdout, /^ {4}merge_fact_rentals +reads 1, writes 1$/m);
  assert.match(stdout, /^Nothing was written: all of it was rolled back$/m);
  assert.deepEqual(await Array.fromAsync(Deno.readDir(setup.dataDir)), before);
  if (!onServer) return;
  const [found] = await setup.inspect(({ sql }) => sql`select to_regnamespace('ops') as ops`);
  assert.equal(found?.ops, null);
});

/** A confirmed rental of three days for 300. */
function booking(account: RentalAccount): object {
  return leadItem(account, "Confirmed", { price: 300 }, {
    plate: "a-1",
    license: "lic77zq",
    dailyrate: "100",
    client_name: "Zebediah Quux",
    rental_start: Date.UTC(2026, 4, 3, 20) / 1000,
    rental_end: Date.UTC(2026, 4, 6, 20) / 1000,
  });
}

/** The different numbers of rows that the merges and loads wrote in their last attempts. */
async function writtenByLastAttempt({ sql }: Warehouse): Promise<number[]> {
  const rows = await sql`
    select distinct last_attempt.rows_written::integer as written
    from (
      select distinct on (dag_id, task_id) task_id, attempt, rows_written
      from ops.run_log
      order by dag_id, task_id, attempt desc
    ) as last_attempt
    where last_attempt.rows_written is not null
  `;
  return rows.map((row) => row.written);
}
