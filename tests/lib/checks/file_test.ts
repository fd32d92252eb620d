import assert from "node:assert/strict";
import { CheckFileError, parseCheck, readChecks } from "../../../lib/checks/file.ts";
import { readSqlFile } from "../../../lib/warehouse/sql_file.ts";
import { dags } from "../../../pipeline/daily.ts";

const HEADER = `-- What:  warn: cars that are gone
-- Grain: one row per car
-- Reads: dds.dim_car
-- Scope: changed_cars, changed_car_days
-- After: merge_dim_car: dds.dim_car
-- After: merge_fact_rentals: dds.fact_rentals
--
-- Why: nobody
--      finds them.
`;

Deno.test("parseCheck() reads severity, offenders, tasks and tables from the header", () => {
  assert.deepEqual(parseCheck("checks/cars_gone.sql", HEADER), {
    name: "cars_gone",
    path: "checks/cars_gone.sql",
    severity: "warn",
    offender: "cars that are gone",
    why: "nobody finds them.",
    tables: [
      { task: "merge_dim_car", table: "dds.dim_car" },
      { task: "merge_fact_rentals", table: "dds.fact_rentals" },
    ],
    scopes: ["cars", "car_days"],
  });
});

Deno.test("parseCheck() bounds a check by nothing whose scope is everything", () => {
  const text = HEADER.replace(/^-- Scope:.*$/m, "-- Scope: everything");
  assert.deepEqual(parseCheck("checks/cars_gone.sql", text).scopes, []);
});

for (
  const [what, text] of [
    ["an unknown severity", HEADER.replace("warn:", "fatal:")],
    ["no severity", HEADER.replace("warn: ", "")],
    ["no task", HEADER.replace(/^-- After.*\n/gm, "")],
    ["no scope", HEADER.replace(/^-- Scope.*\n/m, "")],
    ["an unknown scope", HEADER.replace("changed_car_days", "changed_days")],
    ["a task without a table", HEADER.replace(/: \w+\.\w+$/gm, "")],
  ] as const
) {
  Deno.test(`parseCheck() refuses a header with ${what}`, () => {
    assert.throws(
      () => parseCheck("checks/cars_gone.sql", text),
      new CheckFileError(
        "Cannot use sql/checks/cars_gone.sql: its header says no severity, no scope or no task, expected " +
          '"-- What:  error: <offenders>" or "warn", "-- Scope: everything" or the tables of changed records ' +
          'that bound it, and "-- After: <task>: <table>"',
      ),
    );
  });
}

Deno.test("readChecks() gives each check, with tasks that the DAGs have", async () => {
  const checks = await readChecks();
  assert.ok(checks.length >= 20);
  const tasks = dags.flatMap((dag) => dag.tasks.map(({ id }) => id));
  const unknown = checks.flatMap(({ name, tables }) =>
    tables.filter(({ task }) => !tasks.includes(task)).map(({ task }) => `${name}: ${task}`)
  );
  assert.deepEqual(unknown, []);
});

Deno.test("every task that fills a table has a check, but those that copy a listing or build on others", async () => {
  const checked = (await readChecks()).flatMap(({ tables }) => tables.map(({ task }) => task));
  const without = dags.flatMap((dag) => dag.tasks.map(({ id }) => id))
    .filter((id) => !checked.includes(id));
  assert.deepEqual(without, [
    "extract_leads",
    "extract_clients",
    "extract_cars",
    "extract_events",
    "load_events",
    "extract_statuses_to_stage",
    // The months and days that are built from them have one.
    "remember_build",
    "build_unattributed_booking",
    "build_booking_pace",
    "build_lead_state",
    "build_stage_transition",
    "build_rental_changes",
    "build_data_trust",
    "forget_changes",
  ]);
});

Deno.test("docs/checks.md lists every check with its severity and what it is after", async () => {
  const text = await Deno.readTextFile(new URL("../../../docs/checks.md", import.meta.url));
  const listed = [...text.matchAll(/^\| (\w+) \| (error|warn) \| .+ \| .+ \|$/gm)]
    .map(([, name, severity]) => `${name} ${severity}`);
  const checks = await readChecks();
  assert.deepEqual(listed.sort(), checks.map(({ name, severity }) => `${name} ${severity}`).sort());
});

Deno.test("every check joins the changed records of its scope, and no others", async () => {
  for (const { name, path, scopes } of await readChecks()) {
    const statement = (await readSqlFile(path)).replaceAll(/^--.*$/gm, "");
    // What is stored of changed records and days stands in tables of their own.
    const named = statement.replaceAll("changed_rentals", "changed_leads")
      .replaceAll(/\b(suspect_days|listed_rentals)\b/g, "changed_car_days")
      .replaceAll(
        /\b(history_versions|newest_sights)\b/g,
        "changed_leads changed_clients changed_cars",
      );
    const joined = named.matchAll(/\bchanged_(leads|clients|cars|car_days)\b/g);
    assert.deepEqual(new Set(scopes), new Set([...joined].map(([, kind]) => kind)), name);
  }
});

Deno.test("no check selects what is personal", async () => {
  const files = await Promise.all((await readChecks()).map(({ path }) => readSqlFile(path)));
  // Whole rows are compared, and never shown.
  const texts = files.map((text) => text.replaceAll(/\brow\([^()]*\)/g, "row()"));
  const names =
    /\b(\w+_hist|dim_client|stg_\w+)\.(client_name|name|phone|email|birth_date|payload)\b/;
  assert.deepEqual(texts.filter((text) => names.test(text)), []);
  // Plates and licences are compared, and never shown.
  const shown = texts.join("\n").replaceAll(/ods\.lookup_key\(\w+\.(plate|license)\)/g, "");
  assert.doesNotMatch(shown, /\.(plate|license|vin)\b/);
});
