import type { DataTable, PageRequest } from "../page/page.ts";
import { figuresWords } from "../words/figures_words.ts";
import type { ComparedPeriods } from "./compared_periods.ts";
import type { ComparedSums } from "./period_sums.ts";

/** The numbers of the figures on top of a page: one row for the period and each that it is compared with. */
export function sumsTable(
  { state }: PageRequest,
  name: string,
  title: string,
  sums: ComparedSums,
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
    columns: [
      { key: "from_day", title: words.fromDay, kind: "date" },
      { key: "to_day", title: words.toDay, kind: "date" },
      {
        key: "car_days",
        title: words.carDays,
        kind: "count",
        definition: "dm.revenue_day.car_days",
      },
      {
        key: "rented_days",
        title: words.rentedDays,
        kind: "count",
        definition: "dm.revenue_day.rented_days",
      },
      {
        key: "utilisation",
        title: words.utilisation,
        kind: "ratio",
        definition: "dm.fleet_utilisation_month.utilisation",
      },
      { key: "revenue", title: words.revenue, kind: "money", definition: "dm.revenue_day.revenue" },
      {
        key: "charged_days",
        title: words.chargedDays,
        kind: "count",
        definition: "dm.revenue_day.charged_days",
      },
      {
        key: "unpriced_days",
        title: words.unpricedDays,
        kind: "count",
        definition: "dm.revenue_day.unpriced_days",
      },
      { key: "adr", title: words.adr, kind: "money", definition: "dm.revenue_day.adr" },
      { key: "rpd", title: words.rpd, kind: "money", definition: "dm.revenue_day.rpd" },
      { key: "revpac", title: words.revpac, kind: "money", definition: "dm.revenue_day.revpac" },
      {
        key: "unattributed_revenue",
        title: words.unattributedRevenue,
        kind: "money",
        definition: "dm.revenue_day.unattributed_revenue",
      },
      {
        key: "unattributed_bookings",
        title: words.unattributedBookings,
        kind: "count",
        definition: "dm.revenue_day.unattributed_bookings",
      },
    ],
    rows: compared.flatMap(({ sums, period }) =>
      sums === null || period === null
        ? []
        : [{ from_day: period.from.toString(), to_day: period.to.toString(), ...sums }]
    ),
  };
}
