import { z } from "zod";
import type { PageRequest, Period } from "../page/page.ts";
import type { ComparedPeriods } from "./compared_periods.ts";
import { type Compared, toDays } from "./compared_sums.ts";
import { type MoneyDays, readMoneyDays, toMoneyDays } from "./money_days.tsx";
import { type MoneyMonths, readMoneyMonths, toMoneyMonths } from "./money_months.tsx";
import { monthsAsked, wholeMonthsOf } from "./own_periods.ts";
import { type PeriodSums, readSums, toSums } from "./period_sums.ts";

/** The money of a period, of its days and months, and of what it is compared with. */
export interface MoneyFigures {
  readonly sums: Compared<PeriodSums>;
  readonly days: MoneyDays;
  readonly months: MoneyMonths;
}

const THEN_FILE = "dashboard/money_as_of.sql";

const named = z.array(z.looseObject({ name: z.string() }));

/** Reads the figures of the fleet, or of the car or model that the page is about. */
export async function readMoneyFigures(
  request: PageRequest,
  periods: ComparedPeriods,
): Promise<MoneyFigures> {
  const { period, asOf } = request.state;
  if (asOf === null) {
    const [sums, days, months] = await Promise.all([
      readSums(request, periods),
      readMoneyDays(request),
      readMoneyMonths(request),
    ]);
    return { sums, days, months };
  }
  // In one statement: to find what has changed since then takes most of the time.
  const found = await askThen(request, asOf, {
    days: period,
    months: wholeMonthsOf(monthsAsked(period)),
    periods,
  });
  return {
    sums: toSums(found.filter(({ name }) => name !== "day" && name !== "month"), THEN_FILE),
    days: await toMoneyDays(request, found.filter(({ name }) => name === "day"), THEN_FILE),
    months: await toMoneyMonths(request, found.filter(({ name }) => name === "month"), THEN_FILE),
  };
}

/** Reads the sums alone. */
export async function readMoneySums(
  request: PageRequest,
  periods: ComparedPeriods,
): Promise<Compared<PeriodSums>> {
  const { asOf } = request.state;
  if (asOf === null) return await readSums(request, periods);
  return toSums(await askThen(request, asOf, { days: null, months: null, periods }), THEN_FILE);
}

interface Asked {
  readonly days: Period | null;
  readonly months: Period | null;
  readonly periods: ComparedPeriods;
}

async function askThen(
  { ask, state }: PageRequest,
  asOf: Temporal.PlainDate,
  { days, months, periods }: Asked,
): Promise<z.infer<typeof named>> {
  const spans = [days, months].flatMap((span) => [
    span?.from.toString() ?? null,
    span?.to.toString() ?? null,
  ]);
  const values = [asOf.toString(), state.car, state.model, ...spans, ...toDays(periods)];
  return named.parse(await ask(THEN_FILE, values));
}
