// Reads:  what its subcommands read
// Writes: what its subcommands write
// When:   as the one program of a container; `deno task compile` builds it
// Try:    deno run -q -P=pipeline pipeline/rental.ts --help
import { createCommand, runMain } from "../lib/script/command.ts";
import { ConfigError } from "../lib/config.ts";
import type { Loader } from "../loaders/account/loader_command.ts";
import { EXIT_CODE } from "../lib/script/exit_code.ts";

interface Subcommand {
  readonly name: string;
  readonly summary: string;
  /** Imports the script: only the one that is called, because a health check must be quick. */
  readonly load: () => Promise<{ readonly main: Main }>;
}

/** The scripts inside. What has a task in deno.json is called by its name. */
export const subcommands: readonly Subcommand[] = [
  {
    name: "scheduler",
    summary: "run every DAG at its time, until stopped",
    load: () => import("./scheduler.ts"),
  },
  {
    name: "daily",
    summary: "run all DAGs of one date, in order",
    load: () => import("./daily.ts"),
  },
  {
    name: "dag",
    summary: "run one DAG, named by its id",
    load: () => Promise.resolve({ main: runOneDag }),
  },
  {
    name: "dashboard",
    summary: "serve the pages that people look at",
    load: () => import("./dashboard.ts"),
  },
  {
    name: "report",
    summary: "write a month's figures into one file",
    load: () => import("./report.ts"),
  },
  { name: "runs", summary: "what ran, what did not and why", load: () => import("./runs.ts") },
  {
    name: "loader",
    summary: "set up, clean or fill an amoCRM account",
    load: () => Promise.resolve({ main: runOneLoader }),
  },
  {
    name: "check-data",
    summary: "check the data of every layer",
    load: () => import("./check_data.ts"),
  },
  {
    name: "history",
    summary: "the versions of a record, and computing them anew",
    load: () => import("./history.ts"),
  },
  {
    name: "sql",
    summary: "look into the warehouse, reading only",
    load: () => import("./sql.ts"),
  },
  {
    name: "migrate",
    summary: "bring the warehouse to this version",
    load: () => import("./migrate.ts"),
  },
  {
    name: "healthcheck",
    summary: "ask the scheduler of this machine whether it is well",
    load: () => import("./healthcheck.ts"),
  },
];

type Main = (args: readonly string[]) => Promise<number>;

/** The loaders inside, by their ids, which are the names of their scripts. */
const loaders: ReadonlyMap<string, () => Promise<Main>> = new Map([
  ["helper_fields", async () => mainOf((await import("../loaders/helper_fields.ts")).loader)],
  ["json_importer", async () => mainOf((await import("../loaders/json_importer.ts")).loader)],
  ["cleaner", async () => mainOf((await import("../loaders/cleaner.ts")).loader)],
  ["leads_generator", async () => mainOf((await import("../loaders/leads_generator.ts")).loader)],
  [
    "calendar_importer",
    async () => mainOf((await import("../loaders/calendar_importer.ts")).loader),
  ],
]);

function mainOf<Flags>(loader: Loader<Flags>): Main {
  return async (args) => {
    const { runLoaderByArgs } = await import("../loaders/account/loader_command.ts");
    return await runLoaderByArgs(loader, args);
  };
}

const DESCRIPTION = `Pulls a rental business out of amoCRM into PostgreSQL and builds
its star schema. What the documentation calls "deno task NAME" is
"rental NAME" here, the script of a DAG "rental dag ID", and that of a
loader "rental loader NAME".`;

/** Runs the DAG whose id comes first, with the rest as the arguments of its script. */
async function runOneDag([id, ...args]: readonly string[]): Promise<number> {
  const [{ runDagByArgs }, { dags }] = await Promise.all([
    import("../lib/script/dag_command.ts"),
    import("./daily.ts"),
  ]);
  const dag = dags.find((one) => one.id === id);
  if (dag) return await runDagByArgs(dag, args);
  const ids = dags.map((one) => one.id).join(", ");
  throw new ConfigError(`Cannot find the DAG "${id ?? ""}", expected one of ${ids}`);
}

/** Runs the loader whose id comes first, with the rest as the arguments of its script. */
async function runOneLoader([id = "", ...args]: readonly string[]): Promise<number> {
  const load = loaders.get(id);
  if (load) return await (await load())(args);
  const ids = [...loaders.keys()].join(", ");
  throw new ConfigError(`Cannot find the loader "${id}", expected one of ${ids}`);
}

/** Runs the subcommand that the arguments name and returns its exit code. */
export async function main(args: readonly string[]): Promise<number> {
  const [name, ...rest] = args;
  const subcommand = subcommands.find((one) => one.name === name);
  if (subcommand) return await (await subcommand.load()).main(rest);
  const program = createCommand("rental", DESCRIPTION, [
    "rental scheduler",
    "rental daily --date 2026-05-03",
    "rental dag daily_load_ods_cars --date 2026-05-03 --force",
  ]).helpCommand(false);
  // Only to be listed, and to suggest a name: what is known was called above.
  for (const one of subcommands) program.command(one.name).description(one.summary);
  program.parse(args.length === 0 ? ["--help"] : args, { from: "user" });
  return EXIT_CODE.usage;
}

if (import.meta.main) await runMain(() => main(Deno.args));
