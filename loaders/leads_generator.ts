// Reads:  amoCRM: the rental pipeline with its leads, the catalogs of cars and clients, contacts
// Writes: amoCRM: wipes the leads of that pipeline and fills it with invented ones; nothing else
// When:   by hand, to seed a demo or a test account
// Try:    deno task leads_generator --seed 7

import { faker } from "@faker-js/faker/locale/en";
import { InvalidArgumentError, Option } from "commander";
import { ConfigError } from "../lib/config.ts";
import { wholeNumber } from "../lib/script/command.ts";
import { EXIT_CODE } from "../lib/script/exit_code.ts";
import {
  type Loader,
  type LoaderFlags,
  type LoaderSession,
  runLoaderCommand,
} from "./account/loader_command.ts";
import {
  carryOut,
  findGaps,
  type Generation,
  type GenerationOptions,
  prepareGeneration,
} from "./rentals/generation.ts";
import { formatGeneration, formatOutcome } from "./rentals/generation_report.ts";
import { chooseToday, readRentalAccount } from "./rentals/rental_account.ts";
import {
  DEFAULT_COUNTS,
  parseCounts,
  scaleCounts,
  type StageCounts,
} from "./rentals/stage_counts.ts";

interface LeadsGeneratorFlags {
  readonly count?: number;
  readonly stages: StageCounts;
  readonly seed: number;
  readonly date?: string;
  readonly wipe: boolean;
}

export const loader: Loader<LeadsGeneratorFlags> = {
  id: "leads_generator",
  description: "Wipes the rental pipeline and fills it with invented leads in all stages",
  examples: [
    "--yes --account mycompany",
    "--count 500 --seed 7 --yes --account mycompany",
    "--stages confirmed=40,closed=10 --no-wipe --yes",
  ],
  options: (command) =>
    command
      .option("--count <number>", "number of leads in total", wholeNumber(1, 100_000))
      .addOption(
        new Option("--stages <list>", "counts of stages, e.g. confirmed=40,closed=10")
          .argParser(readStages)
          .default(DEFAULT_COUNTS, "those of a small company"),
      )
      .option(
        "--seed <number>",
        "seed of the invented leads: another seed, other leads",
        wholeNumber(0, 2 ** 31 - 1),
        1,
      )
      .option("--date <YYYY-MM-DD>", "the day that counts as today (default: the account's)")
      .option("--no-wipe", "add to what is there"),
  run: generate,
};

function readStages(text: string): StageCounts {
  const counts = parseCounts(text, DEFAULT_COUNTS);
  if (counts) return counts;
  throw new InvalidArgumentError(
    `Expected counts like confirmed=40,closed=10 of ${Object.keys(DEFAULT_COUNTS).join(", ")}.`,
  );
}

async function generate(
  session: LoaderSession,
  flags: LeadsGeneratorFlags & LoaderFlags,
): Promise<number> {
  const { settings, config, log, print } = session;
  const account = await readRentalAccount(session.client, settings, config.businessTz, log);
  const options = readOptions(session, flags);
  const generation = await prepareGeneration(session, account, options);
  print(`Pipeline "${account.pipeline.name}", ${options.today}, seed ${options.seed}`);
  for (const line of formatGeneration(generation, options.counts)) print(line);
  requireLeaveToWipe(session, flags, account.pipeline.name, generation);

  const outcome = await carryOut(session, account, options.seed, generation);
  if (session.mode !== "write") return EXIT_CODE.done;
  const done = formatOutcome(outcome);
  if (done.length === 0) {
    print("The pipeline is as planned already");
    return EXIT_CODE.done;
  }
  for (const line of done) print(line);
  const gaps = findGaps(await prepareGeneration(session, account, options));
  for (const line of gaps) print(line);
  return outcome.refused.length + gaps.length > 0 ? EXIT_CODE.failed : EXIT_CODE.done;
}

function readOptions(session: LoaderSession, flags: LeadsGeneratorFlags): GenerationOptions {
  const { businessTz: timeZone, graceMinutes } = session.config;
  return {
    faker,
    seed: flags.seed,
    counts: flags.count === undefined ? flags.stages : scaleCounts(flags.stages, flags.count),
    today: chooseToday(flags.date, session.account, timeZone),
    counting: { timeZone, graceMinutes },
    isWipe: flags.wipe,
  };
}

/** Leads are wiped only when the account was named: a wrong .env must not cost a company its pipeline. */
function requireLeaveToWipe(
  { mode, account: { subdomain } }: LoaderSession,
  flags: LoaderFlags,
  pipeline: string,
  { surplus }: Generation,
): void {
  if (mode !== "write" || surplus.length === 0 || flags.account !== undefined) return;
  throw new ConfigError(
    `Cannot wipe ${surplus.length} leads of the pipeline "${pipeline}": --account is missing, ` +
      `expected the name of the account: add --account ${subdomain}, or --no-wipe to keep them`,
  );
}

if (import.meta.main) await runLoaderCommand(loader);
