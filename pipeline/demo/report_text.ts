import type { DemoReport } from "./demo_report.ts";

/** The report for people, within 80 columns. */
export function formatReport(report: DemoReport): string {
  return [
    "",
    "Rows by layer",
    ...formatRows(report),
    "",
    "History",
    ...formatVersions(report),
    "",
    `Business, ${report.first_date} to ${report.last_date}`,
    ...formatBusiness(report),
    "",
    "Leads by stage",
    ...report.stages.map(({ status_name, leads, budget }) =>
      line(status_name ?? "(unknown status)", number(leads), `${number(budget)} ${report.currency}`)
    ),
    "",
    ...formatComparison(report),
  ].join("\n");
}

function formatRows({ rows }: DemoReport): string[] {
  return Object.entries(rows).flatMap(([layer, tables]) =>
    Object.entries(tables).map(([table, count]) => line(`${layer}.${table}`, number(count)))
  );
}

function formatVersions({ versions }: DemoReport): string[] {
  return versions.map((row) =>
    line(
      `versions of ${row.entity}`,
      number(row.versions),
      `of ${number(row.records)} records, of which ${number(row.changed_records)} changed`,
    )
  );
}

function formatBusiness({ business, currency }: DemoReport): string[] {
  const money = (value: number | null) => value === null ? "-" : value.toFixed(2);
  return [
    line(
      "Fleet utilisation",
      `${business.utilisation_percent ?? "-"} %`,
      `${number(business.rented_days)} of ${number(business.car_days)} car days rented`,
    ),
    line("Revenue", number(business.revenue), currency),
    line("Revenue per car day (RevPAC)", money(business.revpac), currency),
    line("Revenue per rented day (ADR)", money(business.adr), currency),
    line(
      "Bookings",
      number(business.bookings),
      `of ${number(business.leads)} leads; ${number(business.cancelled)} cancelled`,
    ),
    line("Status changes", number(business.status_changes)),
    line("Double-booked car days", number(business.double_booked_days)),
    line(
      "Bookings without car or client",
      `${business.bookings_without_car} / ${business.bookings_without_client}`,
    ),
  ];
}

function formatComparison({ differences }: DemoReport): string[] {
  if (differences.length === 0) {
    return ["The warehouse and the CRM agree on leads, budgets and plates."];
  }
  return ["The warehouse and the CRM differ:", ...differences.map((text) => `  ${text}`)];
}

function line(name: string, value: string, more = ""): string {
  return `  ${name.padEnd(30)} ${value.padStart(11)} ${more}`.trimEnd();
}

function number(value: number): string {
  return value.toLocaleString("en");
}
