import type { Faker } from "@faker-js/faker";
import type { Dag } from "../../lib/dag/dag.ts";
import { runDaily } from "../../lib/runner/daily_run.ts";
import type { DagOutcome } from "../../lib/dag/outcome.ts";
import type { Session } from "../../lib/script/session.ts";
import { findDifferences } from "./comparison.ts";
import { readRentalAccount } from "../../loaders/rentals/rental_account.ts";
import { fillAccount, type RunLoader } from "./demo_account.ts";
import type { DemoDay, DemoReport } from "./demo_report.ts";
import { readFigures } from "./figures.ts";
import { openLeadBook } from "./lead_book.ts";
import { dagsOfNight } from "./nights.ts";
import { createRentalBusiness } from "./rental_business.ts";

/** What a demo works with. */
export interface DemoOptions {
  readonly session: Session;
  readonly dags: readonly Dag[];
  /** Set up and fill the account, in this order. */
  readonly loaders: readonly RunLoader[];
  /** Moves the account's clock to a moment and holds it there. */
  readonly setClock: (moment: Temporal.Instant) => void;
  /** Seeded by the loaders. */
  readonly faker: Faker;
  readonly seed: number;
  readonly firstDate: Temporal.PlainDate;
  readonly days: number;
  /** A line about what has just happened. */
  readonly tell: (line: string) => void;
}

/** Opens the business, lives through the days with a run of the DAGs each night, and reports. */
export async function runDemo(options: DemoOptions): Promise<DemoReport> {
  const { session, faker, seed, firstDate, tell } = options;
  const { config: { businessTz, currency, graceMinutes }, warehouse } = session;
  const opensAt = firstDate.toZonedDateTime({ timeZone: businessTz, plainTime: "08:00" });
  options.setClock(opensAt.toInstant());
  const loaders = await fillAccount(session, options.loaders);
  const { client, settings, log } = loaders;
  const account = await readRentalAccount(client, settings, businessTz, log);
  const book = await openLeadBook(loaders, account);
  const counting = { timeZone: businessTz, graceMinutes };
  const live = createRentalBusiness(faker, book, counting);
  const { cars, clients, leads } = book;
  tell(`An account with ${cars.length} cars, ${clients.length} clients and ${leads.length} leads`);

  const days: DemoDay[] = [];
  for (let number = 1; number <= options.days; number++) {
    session.signal.throwIfAborted();
    const date = firstDate.add({ days: number - 1 });
    const at = (plainTime: string) => {
      const moment = date.toZonedDateTime({ timeZone: businessTz, plainTime });
      options.setClock(moment.toInstant());
      return moment;
    };
    const notes = await live(number, date, at);
    at("23:00");
    const startedMs = performance.now();
    const chosen = dagsOfNight(options.dags, number, options.days);
    const outcomes = await runDaily(options.dags, { ...session, logicalDate: date }, chosen);
    const seconds = (performance.now() - startedMs) / 1000;
    days.push(toDay(date, notes, outcomes));
    tellDay(tell, days, outcomes, seconds);
  }
  const lastDate = firstDate.add({ days: options.days - 1 });
  return {
    seed,
    first_date: firstDate.toString(),
    last_date: lastDate.toString(),
    currency,
    days,
    ...await readFigures(warehouse, firstDate),
    differences: await findDifferences(client, warehouse),
  };
}

function toDay(
  date: Temporal.PlainDate,
  notes: readonly string[],
  outcomes: readonly DagOutcome[],
): DemoDay {
  const written = outcomes.flatMap(({ tasks }) => tasks)
    .map(({ metrics }) => metrics?.rows_written)
    .filter((rows) => typeof rows === "number");
  return {
    date: date.toString(),
    notes,
    dags: Object.fromEntries(outcomes.map(({ dagId, status }) => [dagId, status])),
    rows_written: written.reduce((sum, rows) => sum + rows, 0),
  };
}

function tellDay(
  tell: (line: string) => void,
  days: readonly DemoDay[],
  outcomes: readonly DagOutcome[],
  seconds: number,
): void {
  const day = days.at(-1);
  if (!day) return;
  tell(`${day.date}`);
  for (const note of day.notes) tell(`  ${note}`);
  const good = outcomes.filter(({ status }) => status === "success").length;
  tell(
    `  ${good} of ${outcomes.length} DAGs succeeded, ` +
      `${day.rows_written.toLocaleString("en")} rows written in ${seconds.toFixed(1)} s`,
  );
  for (const { dagId, message, tasks } of outcomes) {
    if (message) tell(`  ${dagId}: ${message}`);
    for (const task of tasks) if (task.error) tell(`  ${dagId}.${task.taskId}: ${task.error}`);
  }
}
