import assert from "node:assert/strict";
import { join } from "node:path";
import { callScript } from "../support/called_script.ts";
import {
  addCarAndClient,
  dumpLayers,
  leadItem,
  testScripts,
  testScriptsOnServer,
} from "../support/daily_setup.ts";
import { temporaryFolder } from "../support/folders.ts";
import type { RentalAccount } from "../support/rental_account.ts";
import { runDeno } from "../support/script.ts";

/** As people start it, without a right that the permission set does not give. */
const GUARDED_SCRIPT = ["run", "-q", "--no-prompt", "-P=pipeline", "pipeline/check_data.ts"];

/** A confirmed rental of the car for 300. */
function booking(account: RentalAccount): object {
  return leadItem(account, "Confirmed", { price: 300 }, {
    plate: "A 1",
    license: "LIC-77-ZQ",
    rental_start: Date.UTC(2026, 4, 3, 20) / 1000,
    rental_end: Date.UTC(2026, 4, 6, 20) / 1000,
  });
}

testScripts(
  "check-data shows what it found, writes nothing and tells by its exit code",
  async (setup) => {
    const { account } = setup;
    await addCarAndClient(account);
    const leads = await account.create("/leads", "leads", [booking(account), booking(account)]);
    const daily = await setup.run("daily");
    assert.equal(daily.code, 0, daily.stderr);
    assert.match(
      daily.stdout,
      /\.merge_fact_fleet_usage_day reports warning_double_bookings = 1$/m,
    );

    const warned = await setup.run("check_data", ["double_bookings", "negative_money"]);

    const car = await setup.inspect(async ({ sql }) => {
      const [row] = await sql`select car_id::text as id from dds.dim_car where car_id <> 0`;
      return String(row?.id);
    });
    assert.deepEqual([warned.code, warned.stderr], [0, ""]);
    assert.equal(
      warned.stdout,
      `check                      severity table                              offenders
double_bookings            warn     dds.fact_fleet_usage_day                   1
negative_money             warn     dds.fact_rentals                           0
negative_money             warn     dds.fact_fleet_usage_day                   0

double_bookings in dds.fact_fleet_usage_day: bookings of one car that cover the same day
  ${leads[1]}: car ${car} is booked by lead ${leads[0]} too, from 2026-05-04, days: 3

0 of severity error and 1 of severity warn have offenders, 2 are clean
`,
    );

    const before = await setup.inspect(async (warehouse) => {
      await warehouse.sql`update dds.fact_rentals set dailyrate = -1, client_id = 77`;
      return await dumpLayers(warehouse);
    });
    const failed = await setup.run("check_data", ["--json", "--sample", "1"]);

    assert.equal(failed.code, 1, failed.stderr);
    const { results }: { results: { check: string; table: string; offenders: number }[] } = JSON
      .parse(
        failed.stdout,
      );
    assert.ok(results.length >= 30);
    assert.deepEqual(
      results.filter(({ offenders, check }) => offenders > 0 && check !== "double_bookings"),
      [
        {
          check: "negative_money",
          table: "dds.fact_rentals",
          severity: "warn",
          offenders: 2,
          sample: [{ id: String(leads[0]), detail: "dailyrate below 0" }],
        },
        {
          check: "orphan_facts",
          table: "dds.fact_rentals",
          severity: "error",
          offenders: 2,
          sample: [{ id: String(leads[0]), detail: "client 77 is in no dimension" }],
        },
        {
          check: "rentals_not_current",
          table: "dds.fact_rentals",
          severity: "error",
          offenders: 2,
          sample: [{ id: String(leads[0]), detail: "the fact is another state than the history" }],
        },
      ],
    );
    assert.deepEqual(await setup.inspect((warehouse) => dumpLayers(warehouse)), before);
  },
);

testScriptsOnServer(
  "daily stops at an error check, and goes on when the warehouse was put right",
  async (setup) => {
    const { account } = setup;
    const { carId } = await addCarAndClient(account);
    const lead = (values: object) => leadItem(account, "Confirmed", values, { plate: "A 1" });
    const [id] = await account.create("/leads", "leads", [lead({})]);
    const first = await setup.run("daily");
    assert.equal(first.code, 0, first.stderr);
    // A hand in the tables: the dimensions take in what changed, so no run heals it.
    await setup.inspect(({ sql }) => sql`delete from dds.dim_car where car_id = ${carId}`);
    setup.sandbox.clock.set("2026-05-04T05:00:00+04:00");
    await account.patch("/leads", [{ id, ...lead({ price: 7 }) }]);

    const failed = await setup.run("daily", ["--date", "2026-05-04"]);
    await setup.inspect(({ sql }) =>
      sql`insert into dds.dim_car (car_id, is_deleted) values (${carId}, false)`
    );
    const healed = await setup.run("daily", ["--date", "2026-05-04"]);

    assert.equal(failed.code, 1);
    assert.match(failed.stdout, /^daily_build_dds_fact +failed/m);
    assert.match(failed.stdout, /^ {2}merge_fact_fleet_usage_day +upstream failed/m);
    assert.ok(
      failed.stdout.includes(
        `merge_fact_rentals failed: Cannot finish merge_fact_rentals: orphan_facts found 1 in ` +
          `dds.fact_rentals (id ${id}: car ${carId} is in no dimension), expected none`,
      ),
      failed.stdout,
    );
    assert.equal(healed.code, 0, healed.stdout);
    assert.match(healed.stdout, /^daily_build_dds_fact +success/m);
  },
);

testScriptsOnServer("daily tells of what people mistyped, and builds every fact", async (setup) => {
  const { account } = setup;
  await addCarAndClient(account);
  const lead = (values: Record<string, unknown>) =>
    leadItem(account, "Confirmed", {}, { plate: "A 1", ...values });
  const [negative, good] = await account.create("/leads", "leads", [
    lead({ dailyrate: "-100", rental_start: 1777838400, rental_end: 1777924800 }),
    lead({ dailyrate: "100", rental_start: 1777924800, rental_end: 1778011200 }),
    // Ends before it starts.
    lead({ dailyrate: "100", rental_start: 1778011200, rental_end: 1777924800 }),
  ]);

  const { code, stdout } = await setup.run("daily");

  assert.equal(code, 0, stdout);
  assert.match(stdout, /\.merge_fact_rentals reports warning_negative_money = 1$/m);
  assert.match(stdout, /\.merge_fact_rentals reports warning_rental_end_before_start = 1$/m);
  const rows = await setup.inspect(({ sql }) =>
    sql`
      select lead_id::integer, amount::integer from dds.fact_rentals order by lead_id limit 2
    `.values()
  );
  assert.deepEqual([...rows], [[negative, -100], [good, 100]]);
});

Deno.test("check-data refuses a check that there is not", async () => {
  const { code, stdout, stderr } = await callScript("pipeline/check_data.ts", ["double_booking"]);
  assert.deepEqual([code, stdout], [2, ""]);
  assert.match(
    stderr,
    /^Cannot find the check "double_booking", expected one of amount_share_sums, /,
  );
});

Deno.test("check-data makes no warehouse", async () => {
  await using folder = await temporaryFolder();
  const { code, stdout, stderr } = await runDeno(
    ["run", "-q", "-A", "pipeline/check_data.ts"],
    { DATA_DIR: folder.path },
  );
  assert.deepEqual([code, stdout], [1, ""]);
  assert.equal(
    stderr,
    `Cannot read the warehouse (folder ${join(folder.path, "warehouse")}): there is none yet, ` +
      "expected every migration: run deno task migrate\n",
  );
  assert.deepEqual(await Array.fromAsync(Deno.readDir(folder.path)), []);
});

Deno.test("check-data shows its flags and examples with --help", async () => {
  const { code, stdout, stderr } = await runDeno([...GUARDED_SCRIPT, "--help"]);
  assert.deepEqual([code, stderr], [0, ""]);
  assert.equal(
    stdout,
    `Usage: check-data [options] [checks...]

Runs the checks of sql/checks over the whole warehouse and writes
nothing. Ends with exit code 1 when one of severity error has offenders

Arguments:
  checks            names of checks (default: all)

Options:
  --json            print the results as one JSON object
  --sample <count>  offenders to show per check (default: 5)
  -h, --help        display help for command

Examples:
  deno task check-data
  deno task check-data double_bookings duplicate_plates --sample 20
  deno task check-data --json

Exit codes: 0 done, 1 failed, 2 wrong usage or configuration, 3 upstream not ready,
4 already running.
`,
  );
});
