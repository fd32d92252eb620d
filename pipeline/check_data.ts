// Reads:  every layer of the warehouse, and ops.run_log
// Writes: nothing
// When:   by hand: after a repair, before a release, or when a figure looks wrong
// Try:    deno task check-data double_bookings --sample 20
import { InvalidArgumentError } from "commander";
import { checkEverything } from "../lib/checks/everything.ts";
import { type Check, readChecks } from "../lib/checks/file.ts";
import { countFailed, formatCheckReport } from "../lib/checks/report.ts";
import { SAMPLE_SIZE } from "../lib/checks/run.ts";
import { createCommand, runMain } from "../lib/script/command.ts";
import { ConfigError, readConfig } from "../lib/config.ts";
import { EXIT_CODE } from "../lib/script/exit_code.ts";
import { openMigratedWarehouse } from "../lib/script/read_only.ts";

const DESCRIPTION = `Runs the checks of sql/checks over the whole warehouse and writes
nothing. Ends with exit code 1 when one of severity error has offenders`;

interface CheckFlags {
  readonly json?: boolean;
  readonly sample: number;
}

/** Runs the checks that the arguments name, or all, and prints what they found. */
export async function main(args: readonly string[]): Promise<number> {
  const command = createCommand("check-data", DESCRIPTION, [
    "deno task check-data",
    "deno task check-data double_bookings duplicate_plates --sample 20",
    "deno task check-data --json",
  ])
    .argument("[checks...]", "names of checks (default: all)")
    .option("--json", "print the results as one JSON object")
    .option("--sample <count>", "offenders to show per check", parseCount, SAMPLE_SIZE)
    .allowExcessArguments(true)
    .parse(args, { from: "user" });
  const flags = command.opts<CheckFlags>();
  const checks = chooseChecks(await readChecks(), command.args);
  const config = readConfig(undefined, { amo: false });
  await using warehouse = await openMigratedWarehouse(config);
  const logicalDate = Temporal.Now.plainDateISO(config.businessTz);
  const results = await checkEverything(warehouse, checks, { config, logicalDate }, flags.sample);
  console.log(
    flags.json ? JSON.stringify({ results }, null, 2) : formatCheckReport(results, checks),
  );
  return countFailed(results, "error") === 0 ? EXIT_CODE.done : EXIT_CODE.failed;
}

function chooseChecks(checks: readonly Check[], names: readonly string[]): readonly Check[] {
  const unknown = names.find((name) => !checks.some((check) => check.name === name));
  if (unknown !== undefined) {
    throw new ConfigError(
      `Cannot find the check "${unknown}", expected one of ${
        checks.map(({ name }) => name).join(", ")
      }`,
    );
  }
  return names.length === 0 ? checks : checks.filter(({ name }) => names.includes(name));
}

function parseCount(text: string): number {
  if (/^\d{1,6}$/.test(text) && Number(text) > 0) return Number(text);
  throw new InvalidArgumentError("expected a number like 20");
}

if (import.meta.main) await runMain(() => main(Deno.args));
