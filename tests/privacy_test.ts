import { faker } from "@faker-js/faker/locale/en";
import assert from "node:assert/strict";
import { type DailySetup, DAY, leadItem, testScripts } from "./support/daily_setup.ts";
import { inventPeople, type Person } from "./support/people.ts";
import { fieldValues } from "./support/rental_account.ts";
import type { ProcessResult } from "./support/script.ts";

const ARGS = ["--date", DAY];

testScripts("no token and nothing of a client gets into a log or an error", async (setup) => {
  const { sandbox, account } = setup;
  faker.seed(7);
  const people = inventPeople(faker, 20);
  await fill(setup, people);
  const said: ProcessResult[] = [];
  const run = async (code: number, env: Readonly<Record<string, string>>, args = ARGS) => {
    const result = await setup.run("daily", args, { LOG_LEVEL: "debug", ...env });
    assert.equal(result.code, code, result.stderr);
    said.push(result);
  };

  // What is said of amoCRM is the same whatever the warehouse, and each run is seconds of processor time.
  const isOnServer = "PG_HOST" in setup.env;
  if (isOnServer) await run(0, {}, [...ARGS, "--dry-run"]);
  sandbox.faults.add({ kind: "truncated" }, { times: 3, path: "/api/v4/catalogs" });
  sandbox.faults.add({ kind: "reset" }, { times: 2, path: "/api/v4/leads" });
  await run(0, { LOG_FORMAT: "json" });
  if (isOnServer) {
    await run(0, {}, [...ARGS, "--force"]);
    sandbox.faults.add({ kind: "truncated" }, { times: 500, path: "/api/v4/leads" });
    await run(1, {}, [...ARGS, "--force"]);
    sandbox.faults.clear();
    await run(1, { AMO_TOKEN: sandbox.issueToken({ lifetimeSeconds: -1 }) }, [
      "--date",
      "2026-05-04",
    ]);
  }
  // The server's own words on a broken constraint quote the whole row.
  await setup.inspect(async ({ sql }) => {
    await sql`delete from stg.stg_clients`;
    await sql`delete from stg.stg_leads`;
    await sql`alter table stg.stg_clients add constraint no_names check (client_name is null)`;
    await sql`alter table stg.stg_leads add constraint no_licence check (license is null)`;
  });
  await run(1, {}, ["--date", "2026-05-05"]);

  const everything = [
    ...said.flatMap(({ stdout, stderr }) => [stdout, stderr]),
    ...await setup.inspect(async ({ sql }) => {
      const rows = await sql`select to_jsonb(r)::text as row from ops.run_log as r`;
      return rows.map((row) => String(row.row));
    }),
  ].join("\n");
  assert.match(everything, /no_licence/);
  assert.match(everything, /GET \/api\/v4\/leads/);
  const secrets = [
    sandbox.token,
    ...sandbox.token.split("."),
    ...people.flatMap((person) => [
      ...person.name.split(" "),
      person.phone,
      person.phone.slice(-9),
      person.email,
      person.license,
    ]),
    "quux",
    ...Object.values(setup.env).filter((value) => value === setup.env.PG_PASSWORD && value !== ""),
  ];
  const found = secrets.filter((secret) => isIn(everything, secret));
  assert.deepEqual(found, []);
  assert.ok(account.pipelineId > 0);
});

/** As a word of its own: a name like "Art" must not be found in "started". */
function isIn(text: string, secret: string): boolean {
  return new RegExp(`(?<![\\p{L}\\d])${RegExp.escape(secret)}(?![\\p{L}\\d])`, "iu").test(text);
}

/** Clients and their leads, some with values that get rejected. */
async function fill({ account }: DailySetup, people: readonly Person[]): Promise<void> {
  const { clientFields, clientsCatalogId } = account;
  await account.create(
    `/catalogs/${clientsCatalogId}/elements`,
    "elements",
    people.map((person) => ({
      name: person.name,
      custom_fields_values: fieldValues([
        [clientFields.client_name, person.name],
        [clientFields.phone, person.phone],
        [clientFields.email, person.email],
        [clientFields.license, person.license],
      ]),
    })),
  );
  await account.create(
    "/leads",
    "leads",
    people.map((person) =>
      leadItem(account, "Confirmed", { name: `Rental of ${person.name}` }, {
        client_name: person.name,
        license: person.license,
        // A phone number in the wrong field is rejected, and kept, but never said.
        dailyrate: `call ${person.phone} quux`,
      })
    ),
  );
}
