import { querySqlFile } from "../../lib/warehouse/sql_file.ts";
import type { Warehouse } from "../../lib/warehouse/warehouse.ts";
import { type MoneyAsked, toText } from "./money_then.ts";

const MONTH = [
  ...["month", "car_days", "rented_days", "idle_days", "double_booked_days", "longest_idle_run"],
  ...["utilisation", "days_so_far", "is_complete"],
];
const MEMBER = [
  ...["level", "car_id", "model", "car_days", "rented_days", "idle_days", "longest_idle_run"],
  ...["double_booked_days", "utilisation", "revenue", "revpac"],
];

/** Months of the fleet, a car or a model, and the models and cars of the later of them, each as a JSON text. */
export interface FleetThen {
  readonly months: readonly string[];
  readonly members: readonly string[];
}

/** What the page about an earlier day reads. Members are those of the months from `membersFrom` on. */
export async function readFleetThen(
  { sql }: Warehouse,
  { asOf, from, to, car, model }: MoneyAsked,
  membersFrom: string,
): Promise<FleetThen> {
  const values = [asOf, from, to, membersFrom, car, model];
  const rows = await querySqlFile(sql, "dashboard/fleet_as_of.sql", values);
  const textOf = (row: (typeof rows)[number], columns: readonly string[]) =>
    JSON.stringify(columns.map((column) => toText(row[column])));
  return {
    months: rows.filter(({ level }) => level === "month").map((row) => textOf(row, MONTH)),
    members: rows.filter(({ level }) => level !== "month").map((row) => textOf(row, MEMBER))
      .toSorted(),
  };
}

/** The same by the functions of schema `whole`, from all bookings and days of cars. */
export async function computeFleetThen(
  { sql }: Warehouse,
  { asOf, from, to, car, model }: MoneyAsked,
  membersFrom: string,
): Promise<FleetThen> {
  const read = async (query: string, columns: readonly string[]) =>
    (await sql.unsafe(query, [asOf, from, to, car, model])).map((row) =>
      JSON.stringify(columns.map((column) => toText(row[column])))
    );
  const members = await read(MEMBERS.replaceAll("$6", `'${membersFrom}'`), MEMBER);
  return { months: await read(MONTHS, MONTH), members: members.toSorted() };
}

const MONTHS = `
  select months.*, months.month::text as month
  from whole.fleet_utilisation_at(
    dm.end_of_day($1::date), $1::date, $2::date, $3::date
  ) as months
  where
    months.month >= (select min(present.month) from dm.fleet_utilisation_month as present)
    and case
      when $4::bigint is not null then months.level = 'car' and months.car_id = $4::bigint
      when $5::text is not null then months.level = 'model' and months.model = $5::text
      else months.level = 'fleet'
    end
  order by months.month
`;

const MEMBERS = `
  select
    usage.level,
    usage.car_id::text as car_id,
    usage.model,
    sum(usage.car_days)::integer as car_days,
    sum(usage.rented_days)::integer as rented_days,
    sum(usage.idle_days)::integer as idle_days,
    max(usage.longest_idle_run) as longest_idle_run,
    sum(usage.double_booked_days)::integer as double_booked_days,
    (sum(usage.rented_days)::numeric / nullif(sum(usage.car_days), 0))::text as utilisation,
    coalesce(sum(money.revenue), 0)::text as revenue,
    (coalesce(sum(money.revenue), 0) / nullif(sum(usage.car_days), 0))::text as revpac
  from whole.fleet_utilisation_at(
    dm.end_of_day($1::date), $1::date, $6::date, $3::date
  ) as usage
  left join whole.revenue_month_at(
    dm.end_of_day($1::date), $1::date, $6::date, $3::date
  ) as money
    on (usage.month, usage.level, usage.car_id, usage.model)
    = (money.month, money.level, money.car_id, money.model)
  where
    $2::date is not null
    and usage.level <> 'fleet'
    and ($4::bigint is null or usage.level = 'model' or usage.car_id = $4::bigint)
    and ($5::text is null or usage.model = $5::text)
  group by usage.level, usage.car_id, usage.model
`;
