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
    `Business, ${periodOf(report)}`,
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

/** By the names that the site has for them. */
function formatBusiness({ business, currency }: DemoReport): string[] {
  const money = (value: number | null) => value === null ? "-" : value.toFixed(2);
  const percent = business.utilisation === null ? "-" : (100 * business.utilisation).toFixed(1);
  return [
    line(
      "Utilisation",
      `${percent} %`,
      `${number(business.rented_days)} of ${number(business.car_days)} car days rented`,
    ),
    line("Revenue", number(business.revenue), currency),
    line("Revenue per car day (RevPAC)", money(business.revpac), currency),
    line("Revenue per rented day (ADR)", money(business.adr), currency),
    line(
      "Unattributed bookings",
      number(business.unattributed_bookings),
      `of ${number(business.unattributed_revenue)} ${currency}`,
    ),
    line("Double-booked days", number(business.double_booked_days)),
    line(
      "Leads",
      number(business.leads),
      `${number(business.confirmed)} were confirmed, ${number(business.lost)} lost`,
    ),
    line("Moves between stages", number(business.moves)),
    line(
      "Clients with rentals",
      number(business.clients),
      `${number(business.repeat_clients)} came back`,
    ),
  ];
}

/** Days that are over; the last one of a demo never is. */
function periodOf({ first_date, business: { last_finished_date } }: DemoReport): string {
  return last_finished_date < first_date
    ? "no day is over yet"
    : `${first_date} to ${last_finished_date}, the last finished day`;
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
