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
import { openSession } from "../lib/script/session.ts";
import { loader as helperFields } from "../loaders/helper_fields.ts";
import { loader as jsonImporter } from "../loaders/json_importer.ts";
import { loader as leadsGenerator } from "../loaders/leads_generator.ts";
import { dags } from "./daily.ts";

/** The first day of every demo, so that the same seed always tells the same story. */
const FIRST_DATE = Temporal.PlainDate.from("2026-05-01");

interface DemoFlags {
  readonly days: number;
  readonly seed: number;
  readonly json?: boolean;
  readonly keep?: boolean;
  readonly yes?: boolean;
}

async function main(args: readonly string[]): Promise<number> {
  const flags = readFlags(args);
  const base = readConfig(undefined, { amo: false });
  using folder = takeDemoFolder(base.dataDir);
  await using sandbox = serveSandbox({
    seed: flags.seed,
    timezone: base.businessTz,
    currency: base.currency,
    switches: { requestsPerSecond: null },
  });
  const config = demoConfig(sandbox, folder.path);
  const tell = flags.json ? () => {} : console.log;
  tell("Making an amoCRM account on loopback and a warehouse for it…");
  if (config.pg) await claimDemoDatabase(config, flags.yes ?? false);
  const memory = config.pg ? null : await openMemoryWarehouse();
  await using session = await openSession(
    { amo: true },
    config,
    async (settings) => memory ?? await openWarehouse(settings),
  );
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
    firstDate: FIRST_DATE,
    days: flags.days,
    tell,
  });
  if (flags.keep) await memory?.save(config.dataDir);
  console.log(flags.json ? JSON.stringify(report, null, 2) : formatReport(report));
  if (!flags.json) console.log(`\n${whereItIs(session.warehouse.description, config, flags)}`);
  return isGood(report) ? EXIT_CODE.done : EXIT_CODE.failed;
}

function readFlags(args: readonly string[]): DemoFlags {
  return createCommand(
    "demo",
    "Lives through days of a rental business in a sandbox amoCRM and runs the pipeline each night",
    ["deno task demo", "deno task demo --days 14 --seed 7", "deno task demo --json > demo.json"],
  )
    .option("--days <count>", "days to live through", wholeNumber(1, 60), 5)
    .option("--seed <number>", "another seed is another business", wholeNumber(0, 2 ** 31 - 1), 1)
    .option("--json", "print the report as one JSON object")
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
    // A line for each task of each day would bury the story; whoever sets a level gets them.
    LOG_LEVEL: env.LOG_LEVEL || "warning",
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

/** Three commands that show what the demo left. */
function lookAround({ days }: DemoFlags, prefix: string): string {
  const lastDate = FIRST_DATE.add({ days: days - 1 });
  return [
    'deno task sql "select stage, count(*), sum(amount) from dds.fact_rentals group by stage"',
    `deno task runs --days ${Math.min(days, 14)} --to ${lastDate}`,
    "deno task check-data",
  ].map((command) => `  ${prefix}${command}`).join("\n");
}

function whereItIs(warehouse: string, config: Config, flags: DemoFlags): string {
  if (config.pg) {
    return `The warehouse is ${warehouse}. To look around in it:\n${lookAround(flags, "")}`;
  }
  if (!flags.keep) {
    return "The warehouse was removed; --keep leaves it, PG_HOST puts it on a server.";
  }
  return `The warehouse stays in ${config.dataDir}/warehouse. To look around in it:\n` +
    lookAround(flags, `DATA_DIR=${config.dataDir} `);
}

if (import.meta.main) await runMain(() => main(Deno.args));
