import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { VARIABLE_NAMES } from "../lib/config.ts";
import { validateDags } from "../lib/dag/validate.ts";
import { dags } from "../pipeline/daily.ts";
import { PROJECT_DIR } from "./support/script.ts";
import { importsOf, listFiles, readSource as read } from "./support/sources.ts";

const NOT_DAGS = [
  "check_data.ts",
  "daily.ts",
  "dashboard.ts",
  "demo.ts",
  "healthcheck.ts",
  "history.ts",
  "migrate.ts",
  "rental.ts",
  "report.ts",
  "runs.ts",
  "scheduler.ts",
  "sql.ts",
];
const HEADER = ["-- What:", "-- Grain:", "-- Reads:"];
const LONGEST_SQL_LINE = 100;
const LONGEST_FUNCTION = 60;
const MAY_RUN_WITH_ALL_RIGHTS = ["test", "bench", "kpi", "worlds", "ok"];

/** The DAGs as their users know them: changing one is a change for them, so it is made here as well. */
const KNOWN_DAGS = [
  ["daily_amocrm_load_leads", ["extract_leads", "load_leads"], "04:00", []],
  ["daily_amocrm_load_clients", ["extract_clients", "load_clients"], "04:05", []],
  ["daily_amocrm_load_cars", ["extract_cars", "load_cars"], "04:10", []],
  ["daily_amocrm_load_events", ["extract_events", "load_events"], "04:15", []],
  [
    "daily_build_dict_status_leads",
    ["extract_statuses_to_stage", "merge_dict_status_leads"],
    "04:55",
    [],
  ],
  [
    "daily_load_ods_leads",
    ["merge_ods_leads"],
    "04:00",
    ["daily_amocrm_load_leads.load_leads", "daily_amocrm_load_events.load_events"],
  ],
  [
    "daily_load_ods_clients",
    ["merge_ods_clients"],
    "04:05",
    ["daily_amocrm_load_clients.load_clients"],
  ],
  ["daily_load_ods_cars", ["merge_ods_cars"], "04:10", ["daily_amocrm_load_cars.load_cars"]],
  [
    "daily_build_dds_dim",
    ["merge_dim_car", "merge_dim_client", "merge_dim_status"],
    "05:00",
    [
      "daily_load_ods_leads.merge_ods_leads",
      "daily_load_ods_clients.merge_ods_clients",
      "daily_load_ods_cars.merge_ods_cars",
      "daily_build_dict_status_leads.merge_dict_status_leads",
    ],
  ],
  [
    "daily_build_dds_fact",
    [
      "merge_fact_lead_status_change",
      "merge_fact_rentals",
      "merge_fact_fleet_usage_day",
      "merge_dim_date",
    ],
    "05:30",
    ["daily_build_dds_dim", "daily_load_ods_leads.merge_ods_leads"],
  ],
  [
    "daily_build_dm",
    [
      "remember_build",
      "build_unattributed_booking",
      "build_fleet_utilisation_month",
      "build_revenue_day",
      "build_revenue_month",
      "build_booking_pace",
      "build_lead_state",
      "build_lead_funnel_week",
      "build_stage_transition",
      "build_rental_changes",
      "build_data_trust",
      "forget_changes",
    ],
    "06:00",
    ["daily_build_dds_fact"],
  ],
];

/** The files of which `isWrong` says so, by their text. */
async function findFiles(
  paths: readonly string[],
  isWrong: (text: string, path: string) => boolean,
): Promise<string[]> {
  const texts = await Promise.all(paths.map(read));
  return paths.filter((path, i) => isWrong(texts[i] ?? "", path));
}

/** The scripts directly in a folder, which are those that can be started. */
async function listScripts(folder: string): Promise<string[]> {
  return (await listFiles(folder, ".ts")).filter((path) => dirname(path) === folder);
}

const dagFiles = (await listScripts("pipeline"))
  .filter((path) => !NOT_DAGS.includes(path.replace("pipeline/", "")));

Deno.test("daily.ts lists every DAG of pipeline/, each under the name of its file", () => {
  assert.deepEqual(dags.map(({ id }) => `pipeline/${id}.ts`).sort(), dagFiles);
});

Deno.test("the DAGs have the ids, tasks, times and upstreams that their users know", () => {
  const found = dags.map(({ id, tasks, schedule, waitsFor }) => [
    id,
    tasks.map((task) => task.id),
    schedule,
    waitsFor.map(({ dag, task }) => task === undefined ? dag : `${dag}.${task}`),
  ]);
  assert.deepEqual(found, KNOWN_DAGS);
  validateDags(dags);
});

Deno.test("each DAG has a header: what it reads and writes, when it runs, how to try it", async () => {
  const wrong = await findFiles(dagFiles, (text, path) => {
    const labels = text.split("\n").filter((line) => line.startsWith("// "))
      .map((line) => /^\/\/ (\w+): /.exec(line)?.[1]).filter((label) => label !== undefined);
    return labels.join() !== "Reads,Writes,When,Try" ||
      !text.includes(`// Try:    deno run -q -P=pipeline ${path}`);
  });
  assert.deepEqual(wrong, []);
});

Deno.test("README.md has a table row for each DAG", async () => {
  const readme = await read("README.md");
  const rows = readme.split("\n").map((line) => /^\| `(daily_\w+)`/.exec(line)?.[1])
    .filter((id) => id !== undefined);
  assert.deepEqual(rows.sort(), dags.map(({ id }) => id).sort());
});

Deno.test("each DAG has a test file of its name", async () => {
  const tests = await listFiles("tests", "_test.ts");
  const missing = dags.map(({ id }) => `tests/pipeline/${id}_test.ts`).filter((path) =>
    !tests.includes(path)
  );
  assert.deepEqual(missing, []);
});

Deno.test("no DAG imports another script of pipeline/", async () => {
  const wrong = await findFiles(
    dagFiles,
    (text) => importsOf(text).some((target) => /^\.\/|pipeline\//.test(target)),
  );
  assert.deepEqual(wrong, []);
});

const loaderFiles = await listScripts("loaders");
const loaderIds = loaderFiles.map((path) => path.replace("loaders/", "").replace(".ts", ""));

Deno.test("each loader has a header: what it reads and writes, when it runs, how to try it", async () => {
  assert.deepEqual(loaderIds, [
    "calendar_importer",
    "cleaner",
    "helper_fields",
    "json_importer",
    "leads_generator",
  ]);
  const wrong = await findFiles(loaderFiles, (text, path) => {
    const labels = text.split("\n").filter((line) => line.startsWith("// "))
      .map((line) => /^\/\/ (\w+): /.exec(line)?.[1]).filter((label) => label !== undefined);
    const id = path.replace("loaders/", "").replace(".ts", "");
    return labels.join() !== "Reads,Writes,When,Try" ||
      !text.includes(`// Try:    deno task ${id}`) || !text.includes(`id: "${id}"`);
  });
  assert.deepEqual(wrong, []);
});

Deno.test("each loader has a table row in README.md, a test file and a task of its name", async () => {
  const rows = (await read("README.md")).split("\n")
    .map((line) => /^\| `(\w+)`/.exec(line)?.[1]);
  const tests = await listFiles("tests", "_test.ts");
  const { tasks }: { tasks: Record<string, { command: string }> } = JSON.parse(
    await read("deno.json"),
  );
  for (const id of loaderIds) {
    assert.ok(rows.includes(id), id);
    assert.ok(tests.includes(`tests/loaders/${id}_test.ts`), id);
    assert.equal(tasks[id]?.command, `deno run -q --no-prompt -P=loaders loaders/${id}.ts`);
  }
});

Deno.test("loaders import neither each other nor pipeline/, and write through the session alone", async () => {
  const wrong = await findFiles(
    loaderFiles,
    (text) =>
      importsOf(text).some((target) =>
        /^\.\/[^/]*\.ts$|pipeline\/|tests\/|sandbox\//.test(target)
      ) ||
      /client\.send\(/.test(text),
  );
  assert.deepEqual(wrong, []);
  const libs = await findFiles(
    await listFiles("lib", ".ts"),
    (text) =>
      importsOf(text).some((target) => /(^|\/)loaders\/data\/|\.\.\/loaders\/.*json/.test(target)),
  );
  assert.deepEqual(libs, []);
});

Deno.test("what writes to amoCRM makes no request of its own beside the client's", async () => {
  const paths = await listFiles("loaders", ".ts");
  assert.deepEqual(await findFiles(paths, (text) => /\bfetch\(|from "ky"/.test(text)), []);
});

Deno.test("only the demo imports the sandbox, and nothing that is shipped imports tests", async () => {
  const paths = [
    ...await listFiles("lib", ".ts"),
    ...await listFiles("pipeline", ".ts"),
    ...await listFiles("loaders", ".ts"),
  ].filter((path) => !path.startsWith("lib/sandbox/") && path !== "pipeline/demo.ts");
  const wrong = await findFiles(
    paths,
    (text) => importsOf(text).some((target) => /(^|\/)(tests|sandbox)\//.test(target)),
  );
  assert.deepEqual(wrong, []);
});

Deno.test("Deno.env is in lib/config.ts alone", async () => {
  const paths = [
    ...await listFiles("lib", ".ts"),
    ...await listFiles("pipeline", ".ts"),
    ...await listFiles("loaders", ".ts"),
  ];
  const users = await findFiles(paths, (text) => /Deno\s*\.\s*env\b|process\.env/.test(text));
  assert.deepEqual(users, ["lib/config.ts"]);
});

Deno.test(".env.example has the variables of config.ts, in its order, one comment line each", async () => {
  const lines = (await read(".env.example")).split("\n");
  const variables = lines.flatMap((line, i) => {
    const name = /^([A-Z_]+)=$/.exec(line)?.[1];
    return name === undefined ? [] : [{ name, above: lines[i - 1] ?? "" }];
  });
  assert.deepEqual(variables.map(({ name }) => name), VARIABLE_NAMES);
  assert.deepEqual(variables.filter(({ above }) => !/^# \S/.test(above)), []);
  assert.deepEqual(lines.filter((line) => !/^(#.*|[A-Z_]+=|)$/.test(line)), []);
});

Deno.test("no function is longer than sixty lines", async () => {
  const paths = (await Promise.all(
    ["lib", "pipeline", "loaders", "bench"].flatMap((folder) =>
      [".ts", ".tsx"].map((ending) => listFiles(folder, ending))
    ),
  )).flat();
  // As `deno fmt` writes them: a function of a file begins and ends in the first column.
  const tooLong = await findFiles(
    paths,
    (text) =>
      [...text.matchAll(/^(?:export )?(?:async )?function.*?^}/gms)]
        .some(([one]) => one.split("\n").length > LONGEST_FUNCTION),
  );
  assert.deepEqual(tooLong, []);
});

Deno.test("SQL files say what, grain and reads, in lines of at most 100 columns", async () => {
  const folders = await Array.fromAsync(Deno.readDir(join(PROJECT_DIR, "sql")));
  const paths = (await Promise.all(folders.map(({ name }) => listFiles(`sql/${name}`, ".sql"))))
    .flat().filter((path) => !path.startsWith("sql/migrations/"));
  assert.ok(paths.length > 20);
  const wrongHeaders = await findFiles(paths, (text) => {
    // A label may go on in the next line, indented below its text.
    const labels = text.split("\n").filter((line) => !line.startsWith("--        "));
    return HEADER.some((start, i) => !labels[i]?.startsWith(`${start} `));
  });
  assert.deepEqual(wrongHeaders, []);
  const tooWide = await findFiles(
    paths,
    (text) => text.split("\n").some((line) => [...line].length > LONGEST_SQL_LINE),
  );
  assert.deepEqual(tooWide, []);
});

Deno.test("whatever runs DAGs gives V8 the same flags, which halve the memory of a load", async () => {
  const { tasks }: { tasks: Record<string, { command: string }> } = JSON.parse(
    await read("deno.json"),
  );
  const flags = ["daily", "scheduler", "runs", "demo", "compile"].map((id) =>
    /--v8-flags=\S+/.exec(tasks[id]?.command ?? "")?.[0]
  );
  assert.deepEqual([...new Set(flags)], ["--v8-flags=--max-semi-space-size=4"]);
});

Deno.test("no task that people run in production has all rights, and each is described", async () => {
  const { tasks, permissions }: {
    tasks: Record<string, { description?: string; command: string }>;
    permissions: Record<string, { env?: string[] }>;
  } = JSON.parse(await read("deno.json"));
  const withAllRights = Object.entries(tasks)
    .filter(([, { command }]) => /\s(-A|--allow-all)\b/.test(command)).map(([name]) => name);
  assert.deepEqual(withAllRights.filter((name) => !MAY_RUN_WITH_ALL_RIGHTS.includes(name)), []);
  assert.deepEqual(Object.entries(tasks).filter(([, { description }]) => !description), []);
  for (const set of ["pipeline", "loaders"]) {
    const allowed = permissions[set]?.env ?? [];
    const missing = VARIABLE_NAMES.filter((name) =>
      !allowed.some((one) =>
        one === name || (one.endsWith("*") && name.startsWith(one.slice(0, -1)))
      )
    );
    assert.deepEqual([set, missing], [set, []]);
  }
});
