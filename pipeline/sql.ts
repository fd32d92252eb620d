// Reads:  whatever the query asks of the warehouse
// Writes: nothing: each query runs in a transaction that can only read
// When:   by hand, to look something up
// Try:    deno task sql "select stage, count(*) from dds.fact_rentals group by stage"
import { Option } from "commander";
import { type Config, readConfig } from "../lib/config.ts";
import { errorText } from "../lib/log/error_text.ts";
import { configureLogging } from "../lib/log/logging.ts";
import { createCommand, runMain, wholeNumber } from "../lib/script/command.ts";
import { EXIT_CODE } from "../lib/script/exit_code.ts";
import { openMigratedWarehouse } from "../lib/script/read_only.ts";
import type { Warehouse } from "../lib/warehouse/warehouse.ts";
import { type Format, formatAnswer, FORMATS } from "./sql/format.ts";
import { psqlCommand } from "./sql/psql.ts";
import { ask } from "./sql/query.ts";
import { endsStatement, splitStatements } from "./sql/statements.ts";

const DESCRIPTION = `Asks the warehouse, on a server or embedded, and changes nothing.

Without a query it reads queries from standard input, each ended by a
semicolon at the end of a line; without any semicolon each line is one.
Times are shown in BUSINESS_TZ`;

/** What there is to look at, for who does not know yet. */
const TABLES = "select table_schema as schema, table_name as name from information_schema.tables " +
  "where table_schema in ('stg', 'dict', 'ods', 'dds', 'dm', 'ops') order by 1, 2";

interface SqlFlags {
  readonly format: Format;
  readonly limit: number;
  readonly psql?: boolean;
  readonly tables?: boolean;
}

/** Answers the query that the arguments give, or those of standard input. */
export async function main(args: readonly string[]): Promise<number> {
  const command = createCommand("sql", DESCRIPTION, [
    'deno task sql "select * from dds.dim_car"',
    'deno task sql --format csv "select * from dds.fact_rentals" > rentals.csv',
    "deno task sql < questions.sql",
    "deno task sql --tables",
  ])
    .argument("[query]", "one statement")
    .addOption(
      new Option("--format <name>", "how to print answers").choices(FORMATS).default("table"),
    )
    .option(
      "--limit <rows>",
      "rows of a table to show, 0 for all",
      wholeNumber(0, 10_000_000),
      1_000,
    )
    .option("--tables", "list the tables and views")
    .option("--psql", "print the command that opens the server in psql, without the password")
    .parse(args, { from: "user" });
  const flags = command.opts<SqlFlags>();
  const config = readConfig(undefined, { amo: false });
  if (flags.psql) {
    console.log(psqlCommand(config));
    return EXIT_CODE.done;
  }
  // The name of the warehouse goes to stderr, so that answers can be piped.
  await configureLogging({ ...config, logLevel: "warning" });
  const query = flags.tables ? TABLES : command.args[0];
  await using warehouse = await openMigratedWarehouse(config);
  console.error(`Warehouse: ${warehouse.description} (${warehouse.kind}), read only`);
  const session: SqlSession = { warehouse, config, flags };
  if (query !== undefined) return await answerAll(session, [query]);
  if (Deno.stdin.isTerminal()) return await converse(session);
  const text = await new Response(Deno.stdin.readable).text();
  return await answerAll(session, splitStatements(text));
}

interface SqlSession {
  readonly warehouse: Warehouse;
  readonly config: Config;
  readonly flags: SqlFlags;
}

/** Ends at the first statement that fails: those after it may rely on it. */
async function answerAll(session: SqlSession, statements: readonly string[]): Promise<number> {
  for (const statement of statements) {
    if (!await answer(session, statement)) return EXIT_CODE.failed;
  }
  return EXIT_CODE.done;
}

/** Prints the answer to one statement; false when the warehouse refused it, which goes to stderr. */
async function answer(
  { warehouse, config, flags }: SqlSession,
  statement: string,
): Promise<boolean> {
  const limit = flags.format === "table" ? flags.limit : 0;
  try {
    const found = await ask(warehouse.sql, statement, { timeZone: config.businessTz, limit });
    console.log(formatAnswer(found, flags.format));
    return true;
  } catch (error) {
    console.error(explain(error));
    return false;
  }
}

/** The server's own words: whoever wrote the statement knows what is in it. */
function explain(error: unknown): string {
  const text = error instanceof Error ? error.message : errorText(error);
  const code = error instanceof Error && "code" in error ? String(error.code) : null;
  const advice = code === "25006"
    ? ": this command only reads; write with psql (--psql prints the command)"
    : code === "42P01"
    ? ": --tables lists what there is"
    : code === "42601"
    ? ": one statement at a time; on standard input end each with a semicolon"
    : "";
  return `Cannot answer: ${text}${code === null ? "" : ` (SQLSTATE ${code})`}${advice}`;
}

/** Question and answer on a terminal, until end of input (Ctrl+D) or "exit". */
async function converse(session: SqlSession): Promise<number> {
  console.error("End each query with a semicolon; exit or Ctrl+C ends");
  let open = "";
  while (true) {
    const line = prompt(open === "" ? "sql>" : "...>");
    if (line === null || (open === "" && /^\s*(exit|quit|\\q)\s*;?\s*$/i.test(line))) {
      return EXIT_CODE.done;
    }
    open += `${line}\n`;
    if (!endsStatement(line)) continue;
    for (const statement of splitStatements(open)) await answer(session, statement);
    open = "";
  }
}

if (import.meta.main) await runMain(() => main(Deno.args));
