import assert from "node:assert/strict";
import { testScripts } from "../../support/daily_setup.ts";

const DAG = "daily_build_dict_status_leads";

function refusal(name: string, before: string, now: string): string {
  return `Cannot use this warehouse with ${name}=${now}: it was filled with ${name}=${before}, expected the ` +
    `same, since the days and sums that it holds would mean something else: set ${name}=${before} again, ` +
    "or take a new database (another PG_DATABASE or DATA_DIR)\n";
}

testScripts("a warehouse keeps the BUSINESS_TZ and CURRENCY of its first run", async (setup) => {
  const dryRun = await setup.run(DAG, ["--date", "2026-05-03", "--dry-run"], { CURRENCY: "USD" });
  assert.equal(dryRun.code, 0, dryRun.stderr);
  const first = await setup.run(DAG, undefined, { BUSINESS_TZ: "Asia/Kolkata" });
  assert.equal(first.code, 0, first.stderr);
  assert.ok(!first.stderr.includes("did not know"), first.stderr);

  const moved = await setup.run(DAG, undefined, { BUSINESS_TZ: "Europe/Paris" });
  assert.equal(moved.code, 2);
  assert.ok(
    moved.stderr.endsWith(refusal("BUSINESS_TZ", "Asia/Kolkata", "Europe/Paris")),
    moved.stderr,
  );
  const both = await setup.run("check_data", [], { CURRENCY: "EUR" });
  assert.equal(both.code, 2);
  assert.ok(
    both.stderr.endsWith(
      refusal("BUSINESS_TZ", "Asia/Kolkata", "Asia/Dubai") + refusal("CURRENCY", "AED", "EUR"),
    ),
    both.stderr,
  );
  const alias = await setup.run(DAG, undefined, { BUSINESS_TZ: "Asia/Calcutta" });
  assert.equal(alias.code, 0, alias.stderr);

  // As one that was filled before this was remembered.
  await setup.inspect(({ sql }) => sql`delete from ops.warehouse_setting`);
  const upgraded = await setup.run(DAG, ["--date", "2026-05-03", "--force"], {
    BUSINESS_TZ: "Europe/Paris",
  });
  assert.equal(upgraded.code, 0, upgraded.stderr);
  assert.match(
    upgraded.stderr,
    /from now on it is BUSINESS_TZ=Europe\/Paris and CURRENCY=AED, those of this run, and others are refused/,
  );
  const rows = await setup.inspect(({ sql }) =>
    sql`select name, value from ops.warehouse_setting order by name`
  );
  assert.deepEqual([...rows], [
    { name: "BUSINESS_TZ", value: "Europe/Paris" },
    { name: "CURRENCY", value: "AED" },
  ]);
});
