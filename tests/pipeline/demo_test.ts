import assert from "node:assert/strict";
import postgres from "postgres";
import { openEmbeddedWarehouse } from "../../lib/warehouse/embedded.ts";
import { openServer } from "../../lib/warehouse/open.ts";
import type { Warehouse } from "../../lib/warehouse/warehouse.ts";
import { callScript } from "../support/called_script.ts";
import { temporaryFolder } from "../support/folders.ts";
import { takeFreePort } from "../support/free_port.ts";
import { denoCommand, endProcess, readUntil } from "../support/script.ts";
import { serverAccess, serverAvailable } from "../support/warehouses.ts";

const DEMO = "pipeline/demo.ts";
const PROCESS = ["run", "-q", "-A", DEMO];

/** Two days on the embedded warehouse, which several tests compare theirs with. */
let twoDays: ReturnType<typeof runTwoDays> | null = null;

async function runTwoDays() {
  await using folder = await temporaryFolder();
  const result = await openDemo(["--days", "2", "--json"], folder.path);
  return { ...result, left: listNames(folder.path) };
}

/** Two days of another seed, where they take the least. */
let otherSeed: ReturnType<typeof runOtherSeed> | null = null;

async function runOtherSeed() {
  const folder = await temporaryFolder();
  const database = serverAvailable ? await createDatabase() : null;
  const demo = (...args: string[]) =>
    callScript(DEMO, ["--days", "2", "--json", ...args], {
      DATA_DIR: folder.path,
      ...database?.env,
    });
  return {
    ...await demo("--seed", "2"),
    left: listNames(folder.path),
    database,
    demo,
    [Symbol.asyncDispose]: async () => {
      await database?.[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

function listNames(folder: string): string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => name);
}

/** Four days whose warehouse stays, which several tests look at. */
let fourDays: ReturnType<typeof runFourDays> | null = null;

async function runFourDays() {
  const folder = await temporaryFolder();
  return { ...await openDemo(["--days", "4", "--keep"], folder.path), folder };
}

/** A demo as a process, asked for a page of its site at the end and then to stop. */
async function openDemo(args: readonly string[], dataDir: string) {
  const port = takeFreePort();
  const env = { DATA_DIR: dataDir, DASHBOARD_PORT: String(port), UI_LANG: "en" };
  const demo = denoCommand([...PROCESS, ...args, "--open"], env).spawn();
  const isServing = `Serving http://127.0.0.1:${port} (Ctrl+C ends it)`;
  const outputs = [demo.stdout, demo.stderr].map((stream) => collect(stream, isServing));
  await Promise.any(outputs.map(({ said }) => said));
  const page = await fetch(`http://127.0.0.1:${port}/fleet`);
  const html = await page.text();
  demo.kill("SIGTERM");
  const { code } = await demo.status;
  const [stdout = "", stderr = ""] = await Promise.all(outputs.map(({ all }) => all));
  return { code, stdout, stderr, page: { status: page.status, html }, isServing };
}

/** All that a stream says, and when it has said `text`. */
function collect(stream: ReadableStream<Uint8Array>, text: string) {
  const [first, second] = stream.tee();
  return { said: readUntil(first, text), all: new Response(second).text() };
}

Deno.test.afterAll(async () => {
  await (await fourDays)?.folder[Symbol.asyncDispose]();
  await (await otherSeed)?.[Symbol.asyncDispose]();
});

Deno.test("demo lives through days, and the history tells what happened on them", async () => {
  const { code, stdout, stderr, folder } = await (fourDays ??= runFourDays());

  assert.equal(code, 0, stderr);
  assert.equal(stderr, "");
  assert.equal(stdout.match(/11 of 11 DAGs succeeded/g)?.length, 4);
  assert.match(stdout, /^The warehouse and the CRM agree on leads, budgets and plates\.$/m);
  assert.ok(stdout.includes(`The warehouse stays in ${folder.path}/demo/warehouse.`));
  await using warehouse = await openEmbeddedWarehouse(`${folder.path}/demo`);
  await checkStory(warehouse);
});

Deno.test("demo ends with commands that look around in what it has left", async () => {
  const { stdout, folder } = await (fourDays ??= runFourDays());
  await checkLookingAround(stdout, folder.path);
});

Deno.test({
  name: "demo gives the same report on a server, and replaces only its own warehouse there",
  ignore: !serverAvailable,
  fn: async () => {
    const embedded = await (twoDays ??= runTwoDays());
    const first = await (otherSeed ??= runOtherSeed());
    const { demo, database } = first;
    assert.ok(database);
    const refused = await demo();
    const replaced = await demo("--yes");

    assert.deepEqual([embedded.code, first.code, refused.code, replaced.code], [0, 0, 2, 0]);
    // Of the business that was there before nothing is left.
    assert.equal(replaced.stdout, embedded.stdout);
    assert.match(refused.stderr, /it holds the warehouse of an earlier demo, .*: add --yes to/);
    const report = JSON.parse(replaced.stdout);
    assert.deepEqual(report.days.map((day: { date: string }) => day.date), [
      "2026-05-01",
      "2026-05-02",
    ]);
    assert.deepEqual(report.differences, []);
    assert.equal(report.business.double_booked_days, 0);

    await using warehouse = await openServer(database.pg);
    await warehouse.sql`drop schema made_by_demo`;
    const foreign = await demo("--yes");
    assert.equal(foreign.code, 2);
    assert.match(foreign.stderr, /it holds a warehouse that no demo made, expected an empty/);
    const [row] = await warehouse.sql`select count(*)::integer as leads from ods.ods_leads_hist`;
    assert.ok(row?.leads > 106);
  },
});

Deno.test("demo takes other days and another seed, and removes what it made", async () => {
  const other = await (otherSeed ??= runOtherSeed());
  const usual = await (twoDays ??= runTwoDays());

  assert.deepEqual([other.code, usual.code], [0, 0], other.stderr + usual.stderr);
  const [one, two] = [JSON.parse(usual.stdout), JSON.parse(other.stdout)];
  assert.deepEqual([one.seed, two.seed], [1, 2]);
  assert.deepEqual([one.days.length, two.days.length], [2, 2]);
  assert.notDeepEqual(one.stages, two.stages);
  assert.deepEqual([usual.left, other.left], [[], []]);
});

Deno.test("demo refuses with exit code 4 while another one runs in its folder", async () => {
  await using folder = await temporaryFolder();
  // To begin with an embedded warehouse takes longer than all else of this.
  await using database = serverAvailable ? await createDatabase() : null;
  const env = { DATA_DIR: folder.path, ...database?.env };
  const first = denoCommand([...PROCESS, "--days", "2"], env).spawn();
  await readUntil(first.stdout, "An account with 12 cars, 30 clients and 106 leads");

  const second = await callScript(DEMO, [], env);

  const code = await endProcess(first);
  assert.equal(second.code, 4);
  assert.equal(
    second.stderr.trim(),
    `Cannot use ${folder.path}/demo: another demo is running there, expected none: ` +
      "wait until it has finished",
  );
  assert.equal(code, 1);
});

Deno.test("demo --open serves the site over the days it has lived through, until it is stopped", async () => {
  const { code, stdout, page, isServing } = await (fourDays ??= runFourDays());

  assert.ok(stdout.endsWith(`\n${isServing}\n`), stdout);
  assert.deepEqual([page.status, code], [200, 0]);
  assert.match(page.html, /clock stands at .*4 May 2026/);
});

Deno.test("demo --json --open prints nothing but the report on stdout", async () => {
  const { code, stdout, stderr, isServing } = await (twoDays ??= runTwoDays());

  assert.equal(code, 0);
  assert.equal(JSON.parse(stdout).days.length, 2);
  assert.ok(stderr.endsWith(`\n${isServing}\n`), stderr);
});

for (const days of ["0", "367", "two"]) {
  Deno.test(`demo ends with exit code 2 when asked for ${days} days`, async () => {
    const { code, stderr } = await callScript(DEMO, ["--days", days]);

    assert.equal(code, 2);
    assert.match(stderr, /Expected a whole number from 1 to 366\./);
  });
}

/** What must be true of four days whatever the seed: see the surprises of pipeline/demo/rental_business.ts. */
async function checkStory({ sql }: Warehouse): Promise<void> {
  const [raised] = await sql`
    select json_agg(budget::integer - first_budget order by valid_from) as raises
    from (
      select
        *, first_value(budget) over (partition by id order by valid_from)::integer as first_budget,
        count(*) over (partition by id, status_id) as versions,
        min(valid_from) over (partition by id) as seen_from
      from ods.ods_leads_hist
    ) as h
    where id in (
      select id from ods.ods_leads_hist group by id having count(distinct budget) = 2 and count(*) >= 3
    )
    group by id
    having max(budget - first_budget) = 50
  `;
  assert.deepEqual(raised?.raises.slice(0, 3), [0, 50, 0]);
  const plates = await sql`
    select plate
    from ods.ods_cars_hist
    where id in (select id from ods.ods_cars_hist group by id having count(*) > 1)
    order by valid_from
  `;
  assert.deepEqual(plates.map(({ plate }) => plate), ["B 20835", "B 90835"]);
  const [shortened] = await sql`
    select count(*)::integer as leads
    from ods.ods_leads_hist as later
    inner join ods.ods_leads_hist as earlier
      on later.id = earlier.id and later.valid_from = earlier.valid_to
    where later.rental_end = earlier.rental_end - interval '1 day'
  `;
  assert.equal(shortened?.leads, 1);
  // What the bookings are worth is what their days are worth: no ghost, no lost cent.
  const wrong = await sql`
    select fact_rentals.lead_id
    from dds.fact_rentals
    left join dds.fact_fleet_usage_day as usage on fact_rentals.lead_id = any(usage.lead_ids)
    where fact_rentals.is_booking
    group by fact_rentals.lead_id, fact_rentals.amount
    having sum(usage.amount_share) is distinct from fact_rentals.amount
  `;
  assert.deepEqual([...wrong], []);
  const [ghosts] = await sql`
    select count(*)::integer as days
    from dds.fact_fleet_usage_day as usage
    cross join unnest(usage.lead_ids) as booked (lead_id)
    left join dds.fact_rentals on booked.lead_id = fact_rentals.lead_id
    where fact_rentals.is_booking is not true
  `;
  assert.equal(ghosts?.days, 0);
}

interface Database extends AsyncDisposable {
  readonly env: Readonly<Record<string, string>>;
  readonly pg: Parameters<typeof openServer>[0];
}

/** An empty database of the tests' server. */
async function createDatabase(): Promise<Database> {
  if (!serverAccess) throw new Error("Cannot create a database: there is no server");
  const database = `demo_${crypto.randomUUID().replaceAll("-", "")}`;
  const { host, port, user, password } = serverAccess;
  const asAdmin = async (text: string) => {
    const sql = postgres({ host, port, user, password, database: "postgres", max: 1 });
    await sql.unsafe(text);
    await sql.end();
  };
  await asAdmin(`create database ${database}`);
  return {
    env: {
      PG_HOST: host,
      PG_PORT: String(port),
      PG_USER: user,
      PG_PASSWORD: password,
      PG_DATABASE: database,
      PG_SSLMODE: "disable",
    },
    pg: { host, port, user, password, database, sslmode: "disable" },
    [Symbol.asyncDispose]: () => asAdmin(`drop database ${database} with (force)`),
  };
}

/** The commands that the demo ends with, but the dashboard, which has no end, run as it says them, but for the rights of their tasks. */
async function checkLookingAround(stdout: string, dataDir: string): Promise<void> {
  const commands = stdout.split("\n").map((line) => line.trim())
    .filter((line) => line.startsWith(`DATA_DIR=${dataDir}/demo deno task `));
  assert.equal(commands.pop(), `DATA_DIR=${dataDir}/demo deno task dashboard`);
  const outputs: string[] = [];
  for (const command of commands) {
    const [, , , task = "", ...words] = command.split(" ");
    const quoted = /"(.+)"/.exec(command)?.[1];
    const script = `pipeline/${task.replaceAll("-", "_")}.ts`;
    const result = await callScript(script, quoted === undefined ? words : [quoted], {
      DATA_DIR: `${dataDir}/demo`,
    });
    assert.equal(result.code, 0, result.stderr);
    outputs.push(result.stdout);
  }
  assert.equal(outputs.length, 4);
  assert.match(outputs[0] ?? "", /^confirmed +\d+ +\d+$/m);
  assert.match(outputs[1] ?? "", /^daily_build_dds_fact( +✓){4}$/m);
  assert.match(outputs[2] ?? "", /^lead \d+ \(times in Asia\/Dubai\)$/m);
  assert.match(outputs[3] ?? "", /^All \d+ results are clean$/m);
}
