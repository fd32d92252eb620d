import { z } from "zod";
import type { Comparison } from "../frame/comparison.ts";
import type { Cell, PageRequest, Period } from "../page/page.ts";
import { createFormat } from "../words/format.ts";
import { figuresWords } from "../words/figures_words.ts";
import type { ComparedPeriods } from "./compared_periods.ts";

const sumRow = z.object({
  name: z.enum(["present", "before", "year_ago"]),
  known_days: z.number(),
  revenue: z.string(),
  rented_days: z.number(),
  charged_days: z.number(),
  car_days: z.number(),
  unpriced_days: z.number(),
  adr: z.string().nullable(),
  rpd: z.string().nullable(),
  revpac: z.string().nullable(),
  utilisation: z.string().nullable(),
  unattributed_revenue: z.string(),
  unattributed_bookings: z.number(),
});

/** Sums of money and days over a period; ratios are ratios of the sums. */
export type PeriodSums = z.infer<typeof sumRow>;

/** The sums of a period so far, and those that it is compared with; null where nothing is known of them. */
export interface ComparedSums {
  readonly present: PeriodSums | null;
  readonly before: PeriodSums | null;
  readonly yearAgo: PeriodSums | null;
  /** The file below sql/ that asked. */
  readonly sqlFile: string;
}

/** Reads the sums of the fleet, or of the car or model that the page is about. */
export async function readSums(
  { ask, state }: PageRequest,
  periods: ComparedPeriods,
): Promise<ComparedSums> {
  const isWhole = state.car === null && state.model === null;
  const sqlFile = isWhole ? "dashboard/money_sums.sql" : "dashboard/money_car_sums.sql";
  const asOf = state.asOf?.toString() ?? null;
  const filters = isWhole ? [asOf] : [asOf, state.car, state.model];
  const days = [periods.present, periods.before, periods.yearAgo].flatMap(toDays);
  const rows = z.array(sumRow).parse(await ask(sqlFile, [...filters, ...days]));
  const known = (name: PeriodSums["name"]) =>
    rows.find((row) => row.name === name && row.known_days > 0) ?? null;
  return {
    present: known("present"),
    before: known("before"),
    yearAgo: known("year_ago"),
    sqlFile,
  };
}

function toDays(period: Period | null): (string | null)[] {
  return period === null ? [null, null] : [period.from.toString(), period.to.toString()];
}

/** What one figure of the period is compared with, in the words of the page. */
export function comparisonsOf(
  { state, settings }: Pick<PageRequest, "state" | "settings">,
  sums: ComparedSums,
  periods: ComparedPeriods,
  figureOf: (sums: PeriodSums) => Cell,
  isMoreBetter: boolean | null,
): Comparison[] {
  const words = figuresWords[state.language];
  const format = createFormat({ ...settings, language: state.language });
  const compared = [
    { period: periods.before, sums: sums.before, name: words.before },
    { period: periods.yearAgo, sums: sums.yearAgo, name: words.yearAgo },
  ];
  return compared.flatMap(({ period, sums, name }) => {
    if (period === null) return [];
    const span = words.period(
      format.date(period.from.toString()),
      format.date(period.to.toString()),
    );
    return [{
      value: sums === null ? null : figureOf(sums),
      than: `${name} (${span})`,
      isMoreBetter,
    }];
  });
}
