import type { Column, ColumnKind, DataTable, PageRequest } from "../page/page.ts";
import { type FiguresWords, figuresWords } from "../words/figures_words.ts";
import type { ComparedPeriods } from "./compared_periods.ts";
import type { Compared } from "./compared_sums.ts";
import type { PeriodSums } from "./period_sums.ts";

/** The numbers of the figures on top of a page: one row for the period and each that it is compared with. */
export function sumsTable(
  { state }: PageRequest,
  name: string,
  title: string,
  sums: Compared<PeriodSums>,
  periods: ComparedPeriods,
): DataTable {
  const words = figuresWords[state.language];
  const compared = [
    { sums: sums.present, period: periods.present },
    { sums: sums.before, period: periods.before },
    { sums: sums.yearAgo, period: periods.yearAgo },
  ];
  return {
    name,
    title,
    sqlFile: sums.sqlFile,
    columns: columnsOf(words),
    rows: compared.flatMap(({ sums, period }) =>
      sums === null || period === null
        ? []
        : [{ from_day: period.from.toString(), to_day: period.to.toString(), ...sums }]
    ),
  };
}

function columnsOf(words: FiguresWords): Column[] {
  const day = (key: keyof PeriodSums, title: string, kind: ColumnKind): Column => ({
    key,
    title,
    kind,
    definition: `dm.revenue_day.${key}`,
  });
  return [
    { key: "from_day", title: words.fromDay, kind: "date" },
    { key: "to_day", title: words.toDay, kind: "date" },
    day("car_days", words.carDays, "count"),
    day("rented_days", words.rentedDays, "count"),
    {
      key: "utilisation",
      title: words.utilisation,
      kind: "ratio",
      definition: "dm.fleet_utilisation_month.utilisation",
    },
    day("revenue", words.revenue, "money"),
    day("charged_days", words.chargedDays, "count"),
    day("unpriced_days", words.unpricedDays, "count"),
    day("adr", words.adr, "money"),
    day("rpd", words.rpd, "money"),
    day("revpac", words.revpac, "money"),
    day("unattributed_revenue", words.unattributedRevenue, "money"),
    day("unattributed_bookings", words.unattributedBookings, "count"),
  ];
}
