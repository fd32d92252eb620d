import type { Column, Language } from "../page/page.ts";
import { figuresWords } from "../words/figures_words.ts";

/** The columns that days and months of money share. */
export function rateColumns(
  language: Language,
  mart: "dm.revenue_day" | "dm.revenue_month",
): Column[] {
  const words = figuresWords[language];
  const of = (column: string) => `${mart}.${column}`;
  return [
    { key: "revenue", title: words.revenue, kind: "money", definition: of("revenue") },
    { key: "rented_days", title: words.rentedDays, kind: "count", definition: of("rented_days") },
    {
      key: "charged_days",
      title: words.chargedDays,
      kind: "count",
      definition: of("charged_days"),
    },
    {
      key: "unpriced_days",
      title: words.unpricedDays,
      kind: "count",
      definition: of("unpriced_days"),
    },
    { key: "car_days", title: words.carDays, kind: "count", definition: of("car_days") },
    { key: "adr", title: words.adr, kind: "money", definition: of("adr") },
    { key: "rpd", title: words.rpd, kind: "money", definition: of("rpd") },
    { key: "revpac", title: words.revpac, kind: "money", definition: of("revpac") },
    {
      key: "unattributed_revenue",
      title: words.unattributedRevenue,
      kind: "money",
      definition: of("unattributed_revenue"),
    },
    {
      key: "unattributed_bookings",
      title: words.unattributedBookings,
      kind: "count",
      definition: of("unattributed_bookings"),
    },
  ];
}

/** The columns that months and members of the fleet share. */
export function usageColumns(language: Language): Column[] {
  const words = figuresWords[language];
  const of = (column: string) => `dm.fleet_utilisation_month.${column}`;
  return [
    { key: "utilisation", title: words.utilisation, kind: "ratio", definition: of("utilisation") },
    { key: "rented_days", title: words.rentedDays, kind: "count", definition: of("rented_days") },
    { key: "car_days", title: words.carDays, kind: "count", definition: of("car_days") },
    { key: "idle_days", title: words.idleDays, kind: "count", definition: of("idle_days") },
    {
      key: "longest_idle_run",
      title: words.longestIdleRun,
      kind: "count",
      definition: of("longest_idle_run"),
    },
    {
      key: "double_booked_days",
      title: words.doubleBookedDays,
      kind: "count",
      definition: of("double_booked_days"),
    },
  ];
}
