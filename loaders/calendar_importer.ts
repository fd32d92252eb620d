// Reads:  an iCalendar file of rentals; amoCRM: the rental pipeline with its leads, the catalogs
// Writes: amoCRM: leads of that pipeline, and the field "Calendar UID" by which they are found again
// When:   by hand, as often as the calendar has changed
// Try:    deno task calendar_importer --file loaders/data/demo_rentals.ics

import { maskPersonalData } from "../lib/log/masking.ts";
import { EXIT_CODE } from "../lib/script/exit_code.ts";
import { describeInput, readInputBytes } from "./account/input_file.ts";
import {
  type Loader,
  type LoaderFlags,
  type LoaderSession,
  runLoaderCommand,
} from "./account/loader_command.ts";
import { NotUtf8Error } from "./account/utf8_text.ts";
import { type Calendar, type CalendarProblem, readCalendar } from "./rentals/calendar.ts";
import { type CalendarOutcome, importCalendar } from "./rentals/calendar_import.ts";
import { matchCalendar } from "./rentals/calendar_matching.ts";
import { NotACalendarError } from "./rentals/calendar_text.ts";
import { chooseToday, readRentalAccount } from "./rentals/rental_account.ts";

interface CalendarImporterFlags {
  readonly file: string;
  readonly date?: string;
  readonly skipInvalid?: boolean;
  readonly strict?: boolean;
}

const DEFAULT_FILE = "loaders/data/demo_rentals.ics";
const LONGEST_SUMMARY = 60;

export const loader: Loader<CalendarImporterFlags> = {
  id: "calendar_importer",
  description: "Turns the all-day events of a calendar into leads; imported again, it changes them",
  examples: [
    "--yes",
    "--file rentals.ics --account mycompany --yes",
    "--file rentals.ics --strict --yes",
    "--file - < rentals.ics",
  ],
  options: (command) =>
    command
      .option(
        "--file <path>",
        "the calendar, as iCalendar (.ics); - is standard input",
        DEFAULT_FILE,
      )
      .option("--date <YYYY-MM-DD>", "the day that counts as today (default: the account's)")
      .option("--strict", "import nothing if any event is invalid (default: the valid ones)")
      .option("--skip-invalid", "end with exit code 0 even if events were invalid"),
  run: runImport,
};

async function runImport(
  session: LoaderSession,
  flags: CalendarImporterFlags & LoaderFlags,
): Promise<number> {
  const { config: { businessTz, graceMinutes }, settings, print } = session;
  const calendar = await readCalendarFile(flags.file, businessTz);
  const account = await readRentalAccount(session.client, settings, businessTz, session.log);
  const counting = { timeZone: businessTz, graceMinutes };
  const today = chooseToday(flags.date, session.account, businessTz);
  const matched = matchCalendar(calendar, { ...account, today, counting });
  printEvents(session, matched.problems);
  const isGood = matched.problems.length === 0;
  if (!isGood && flags.strict) {
    print("Nothing is sent: correct the calendar, or leave out --strict");
    return EXIT_CODE.failed;
  }
  printEvents(session, matched.notes);
  const outcome = await importCalendar(session, account, matched, counting);
  printEvents(session, outcome.notes);
  for (const line of describeOutcome(session, outcome)) print(line);
  if (!isGood) print(`Events that are not imported, see above: ${matched.problems.length}`);
  const isDone = outcome.refused.length === 0 && (isGood || flags.skipInvalid);
  return isDone ? EXIT_CODE.done : EXIT_CODE.failed;
}

async function readCalendarFile(path: string, timeZone: string): Promise<Calendar> {
  try {
    return readCalendar(await readInputBytes(path), timeZone);
  } catch (error) {
    if (error instanceof NotUtf8Error) {
      throw new Error(`Cannot read ${describeInput(path)}: ${error.message}`);
    }
    if (!(error instanceof NotACalendarError)) throw error;
    throw new Error(
      `Cannot read ${
        describeInput(path)
      }: ${error.message}, expected a calendar as programs export it: ` +
        "check --file",
    );
  }
}

/** Each with its line and what it says of itself, by which people find it in their calendar. */
function printEvents({ print }: LoaderSession, events: readonly CalendarProblem[]): void {
  for (const { number, line, summary, reason } of events) {
    print(`event ${number}, line ${line}${quote(summary)}: ${reason}`);
  }
}

function quote(summary: string): string {
  const text = maskPersonalData(summary.replaceAll(/\s+/g, " "));
  if (text === "") return "";
  const characters = [...text];
  const isLong = characters.length > LONGEST_SUMMARY;
  return ` ("${isLong ? `${characters.slice(0, LONGEST_SUMMARY - 1).join("")}…` : text}")`;
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
