// Reads:  an amoCRM account that it makes itself, on loopback, and fills through the account's HTTP API
// Writes: a whole warehouse in DATA_DIR/demo, or in the empty database that PG_* names
// When:   by hand, to see what the pipeline does without an account
// Try:    deno task demo --days 3 --json
import { faker } from "@faker-js/faker/locale/en";
import { join } from "node:path";
import { createCommand, runMain, wholeNumber } from "../lib/script/command.ts";
import { type Config, readConfig, readEnvironment } from "../lib/config.ts";
import type { RunLoader } from "./demo/demo_account.ts";
import { isGood } from "./demo/demo_report.ts";
import { runDemo } from "./demo/demo_run.ts";
import { claimDemoDatabase, takeDemoFolder } from "./demo/demo_warehouse.ts";
import { formatReport } from "./demo/report_text.ts";
import { EXIT_CODE } from "../lib/script/exit_code.ts";
import { DEFAULT_COUNTS } from "../loaders/rentals/stage_counts.ts";
import { type ServedSandbox, serveSandbox } from "../lib/sandbox/server.ts";
import { openMemoryWarehouse, openWarehouse } from "../lib/warehouse/open.ts";
import { openSession, type Session } from "../lib/script/session.ts";
import { startSite } from "./dashboard/scheduler_site.ts";
import { DEFAULT_PORT, type ServedSite } from "../lib/dashboard/serve.ts";
import { untilStopped } from "../lib/stop_signal.ts";
import { querySqlFile } from "../lib/warehouse/sql_file.ts";
import { loader as helperFields } from "../loaders/helper_fields.ts";
import { loader as jsonImporter } from "../loaders/json_importer.ts";
import { loader as leadsGenerator } from "../loaders/leads_generator.ts";
import { dags } from "./daily.ts";

/** The first day of a demo that is over by now, so that the same seed always tells the same story. */
const FIRST_DATE = Temporal.PlainDate.from("2026-05-01");

const MOST_DAYS = 366;

interface DemoFlags {
  readonly days: number;
  readonly seed: number;
  readonly json?: boolean;
  readonly keep?: boolean;
  readonly yes?: boolean;
  readonly open?: boolean;
}

/** Lives through the days that the arguments ask for, and returns the exit code. */
export async function main(args: readonly string[]): Promise<number> {
  const flags = readFlags(args);
  const base = readConfig(undefined, { amo: false });
  const firstDate = firstDateOf(flags.days, base.businessTz);
  using folder = takeDemoFolder(base.dataDir);
  await using sandbox = serveSandbox({
    seed: flags.seed,
    timezone: base.businessTz,
    currency: base.currency,
    switches: { requestsPerSecond: null },
  });
  const config = demoConfig(sandbox, folder.path);
  const tell = flags.json ? () => {} : console.log;
  if (!firstDate.equals(FIRST_DATE)) {
    tell(`The first day is ${firstDate} and not ${FIRST_DATE}, so that the last one is yesterday`);
  }
  tell("Making an amoCRM account on loopback and a warehouse for it…");
  if (config.pg) await claimDemoDatabase(config, flags.yes ?? false);
  const memory = config.pg ? null : await openMemoryWarehouse();
  await using session = await openSession(
    { amo: true },
    config,
    async () => memory ?? await openWarehouse(config),
  );
  if (memory) await querySqlFile(memory.sql, "ops/mark_demo.sql", []);
  await using site = flags.open ? await openSite(session) : null;
  folder.removeAtEnd = !flags.keep;
  const report = await runDemo({
    session,
    dags,
    loaders: loadersOf(flags.seed),
    setClock: (moment) => {
      sandbox.clock.set(moment);
      sandbox.clock.freeze();
    },
    faker,
    seed: flags.seed,
    firstDate,
    days: flags.days,
    tell,
  });
  if (flags.keep) await memory?.save(config.dataDir);
  console.log(flags.json ? JSON.stringify(report, null, 2) : formatReport(report));
  const lastDate = firstDate.add({ days: flags.days - 1 });
  if (!flags.json) {
    console.log(`\n${whereItIs(session.warehouse.description, config, flags, lastDate)}`);
  }
  if (site) {
    // Programs read stdout, where the report is to stay alone.
    const say = flags.json ? console.error : console.log;
    say(`\nServing ${site.url} (Ctrl+C ends it)`);
    await untilStopped(session.signal);
  }
  return isGood(report) ? EXIT_CODE.done : EXIT_CODE.failed;
}

/** The usual first day, or a later one when the days from it on would not be over yet; never one of the future. */
function firstDateOf(days: number, timeZone: string): Temporal.PlainDate {
  const latest = Temporal.Now.plainDateISO(timeZone).subtract({ days });
  return Temporal.PlainDate.compare(FIRST_DATE, latest) <= 0 ? FIRST_DATE : latest;
}

/** Listens already, so that a port which is taken is told before the days and not after them. */
async function openSite(session: Session): Promise<ServedSite | null> {
  const { config } = session;
  const dashboardPort = config.dashboardPort ?? DEFAULT_PORT;
  return await startSite({ ...session, config: { ...config, dashboardPort } }, dags);
}

function readFlags(args: readonly string[]): DemoFlags {
  return createCommand(
    "demo",
    "Lives through days of a rental business in a sandbox amoCRM and runs the pipeline each night",
    ["deno task demo", "deno task demo --days 90 --open", "deno task demo --json > demo.json"],
  )
    .option("--days <count>", "days to live through", wholeNumber(1, MOST_DAYS), 5)
    .option(
      "--seed <number>",
      "seed of the business: another seed, another business",
      wholeNumber(0, 2 ** 31 - 1),
      1,
    )
    .option("--json", "print the report as one JSON object")
    .option("--open", "serve the site over it at the end, until Ctrl+C")
    .option("--keep", "leave the embedded warehouse in DATA_DIR/demo")
    .option("--yes", "replace the warehouse of an earlier demo on the server of PG_HOST")
    .parse(args, { from: "user" })
    .opts<DemoFlags>();
}

/** What sets the account up and fills it, as people do it by hand. */
function loadersOf(seed: number): RunLoader[] {
  return [
    (session) => helperFields.run(session, { all: true }),
    (session) => jsonImporter.run(session, { file: "loaders/data/cars_catalog_elements.json" }),
    (session) =>
      jsonImporter.run(session, { file: "loaders/data/clients_catalog_elements_final.json" }),
    (session) => leadsGenerator.run(session, { seed, stages: DEFAULT_COUNTS, wipe: true }),
  ];
}

/** The user's settings, with the account exchanged for the sandbox. */
function demoConfig(sandbox: ServedSandbox, dataDir: string): Config {
  const env = readEnvironment();
  const config = readConfig({
    ...env,
    // A line for each task of each day and each warning of what people typed would bury the story; whoever sets a level gets them.
    LOG_LEVEL: env.LOG_LEVEL || "error",
    DATA_DIR: dataDir,
    LOG_DIR: join(dataDir, "logs"),
    AMO_SUBDOMAIN: "",
    AMO_BASE_URL: sandbox.url,
    AMO_TOKEN: sandbox.token,
    AMO_PIPELINE: "",
    AMO_CARS_CATALOG: "",
    AMO_CLIENTS_CATALOG: "",
    AMO_FIELD_MAP: "",
  });
  // Its own account takes as many as come; no user may set as much.
  return { ...config, amo: config.amo && { ...config.amo, requestsPerSecond: 1000 } };
}

/** Commands that show what the demo left. */
function lookAround(days: number, lastDate: Temporal.PlainDate, prefix: string): string {
  return [
    'deno task sql "select stage, count(*), sum(amount) from dds.fact_rentals group by stage"',
    `deno task runs --days ${Math.min(days, 14)} --to ${lastDate}`,
    "deno task history show lead",
    "deno task check-data",
    "deno task dashboard",
  ].map((command) => `  ${prefix}${command}`).join("\n");
}

function whereItIs(
  warehouse: string,
  config: Config,
  { days, keep }: DemoFlags,
  lastDate: Temporal.PlainDate,
): string {
  if (config.pg) {
    return `The warehouse is ${warehouse}. To look around in it:\n${
      lookAround(days, lastDate, "")
    }`;
  }
  if (!keep) {
    return "The warehouse is gone with this program; --keep leaves it, PG_HOST puts it on a server.";
  }
  return `The warehouse stays in ${config.dataDir}/warehouse. To look around in it:\n` +
    lookAround(days, lastDate, `DATA_DIR=${config.dataDir} `);
}

if (import.meta.main) await runMain(() => main(Deno.args));
