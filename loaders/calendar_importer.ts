// Reads:  an iCalendar file of rentals; amoCRM: the rental pipeline with its leads, the catalogs
// Writes: amoCRM: leads of that pipeline, and the field "Calendar UID" by which they are found again
// When:   by hand, as often as the calendar has changed
// Try:    deno task calendar_importer --file loaders/data/demo_rentals.ics

import { EXIT_CODE } from "../lib/script/exit_code.ts";
import { readInputFile } from "./account/input_file.ts";
import {
  type Loader,
  type LoaderFlags,
  type LoaderSession,
  runLoaderCommand,
} from "./account/loader_command.ts";
import {
  type Calendar,
  type CalendarProblem,
  NotACalendarError,
  readCalendar,
} from "./rentals/calendar.ts";
import { type CalendarOutcome, importCalendar } from "./rentals/calendar_import.ts";
import { matchCalendar } from "./rentals/calendar_matching.ts";
import { chooseToday, readRentalAccount } from "./rentals/rental_account.ts";

interface CalendarImporterFlags {
  readonly file: string;
  readonly date?: string;
  readonly skipInvalid?: boolean;
}

const DEFAULT_FILE = "loaders/data/demo_rentals.ics";
const MOST_SHOWN = 20;

export const loader: Loader<CalendarImporterFlags> = {
  id: "calendar_importer",
  description: "Turns the all-day events of a calendar into leads; imported again, it changes them",
  examples: [
    "--yes",
    "--file rentals.ics --account mycompany --yes",
    "--file rentals.ics --skip-invalid --yes",
  ],
  options: (command) =>
    command
      .option("--file <path>", "the calendar, as iCalendar (.ics)", DEFAULT_FILE)
      .option("--date <YYYY-MM-DD>", "the day that counts as today (default: the account's)")
      .option("--skip-invalid", "import the good events although others are not good"),
  run: runImport,
};

async function runImport(
  session: LoaderSession,
  flags: CalendarImporterFlags & LoaderFlags,
): Promise<number> {
  const { config: { businessTz, graceMinutes }, settings, print } = session;
  const calendar = await readCalendarFile(flags.file);
  const account = await readRentalAccount(session.client, settings, businessTz, session.log);
  const counting = { timeZone: businessTz, graceMinutes };
  const today = chooseToday(flags.date, session.account, businessTz);
  const { leads, problems, notes } = matchCalendar(calendar, { ...account, today, counting });
  printEvents(session, problems);
  if (problems.length > 0 && !flags.skipInvalid) {
    print("Nothing is sent: correct the calendar, or leave those out with --skip-invalid");
    return EXIT_CODE.failed;
  }
  printEvents(session, notes);
  const outcome = await importCalendar(session, account, leads, counting);
  printEvents(session, outcome.overlaps);
  for (const line of describeOutcome(session, outcome)) print(line);
  return outcome.refused.length > 0 ? EXIT_CODE.failed : EXIT_CODE.done;
}

async function readCalendarFile(path: string): Promise<Calendar> {
  try {
    return readCalendar(await readInputFile(path));
  } catch (error) {
    if (!(error instanceof NotACalendarError)) throw error;
    throw new Error(
      `Cannot read the file "${path}": ${error.message}, expected a calendar as programs export it: ` +
        "check --file",
    );
  }
}

function printEvents({ print }: LoaderSession, events: readonly CalendarProblem[]): void {
  for (const { number, reason } of events.slice(0, MOST_SHOWN)) print(`event ${number}: ${reason}`);
  if (events.length > MOST_SHOWN) print(`and ${events.length - MOST_SHOWN} more`);
}

function describeOutcome(
  { mode }: LoaderSession,
  { created, changed, unchanged, others, refused }: CalendarOutcome,
): string[] {
  const verb = mode === "write" ? "" : "to be ";
  return [
    ...refused,
    `Leads: ${created} ${verb}created, ${changed} ${verb}changed, ${unchanged} as they were`,
    ...(others > 0
      ? [`Not in this calendar, and left as they are: ${others} of earlier ones`]
      : []),
  ];
}

if (import.meta.main) await runLoaderCommand(loader);
