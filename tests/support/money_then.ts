import { querySqlFile } from "../../lib/warehouse/sql_file.ts";
import type { Warehouse } from "../../lib/warehouse/warehouse.ts";

/** Money of an earlier day: at whose end, of which days and months, and of the fleet, a car or a model. */
export interface MoneyAsked {
  readonly asOf: string;
  readonly from: string;
  readonly to: string;
  readonly car: number | null;
  readonly model: string | null;
}

/** The days and the months of money, each as a JSON text. */
export interface MoneyThen {
  readonly days: readonly string[];
  readonly months: readonly string[];
}

const FIGURES = [
  ...[
    "revenue",
    "rented_days",
    "charged_days",
    "unpriced_days",
    "car_days",
    "adr",
    "rpd",
    "revpac",
  ],
  ...["unattributed_revenue", "unattributed_bookings"],
];
const DAY = ["usage_date", ...FIGURES, "is_ahead"];
const MONTH = [
  ...["month", ...FIGURES, "utilisation", "revenue_ahead", "rented_days_ahead"],
  ...["unattributed_revenue_ahead", "unattributed_bookings_ahead", "days_so_far", "is_complete"],
];

/** What the page about an earlier day reads. `from` and `to` are the first and last day of months. */
export async function readMoneyThen(
  { sql }: Warehouse,
  { asOf, from, to, car, model }: MoneyAsked,
): Promise<MoneyThen> {
  const rows = await querySqlFile(
    sql,
    "dashboard/money_as_of.sql",
    [asOf, car, model, from, to, from, to, null, null, null, null, null, null],
  );
  const of = (name: string, columns: readonly string[]) =>
    rows.filter((row) => row.name === name).map((row) =>
      JSON.stringify(columns.map((column) => toText(row[column])))
    );
  return { days: of("day", DAY), months: of("month", MONTH) };
}

/** The same by the functions of schema `whole`, from all bookings and days of cars. */
export async function computeMoneyThen(
  { sql }: Warehouse,
  { asOf, from, to, car, model }: MoneyAsked,
): Promise<MoneyThen> {
  const isFleet = car === null && model === null;
  const values = isFleet ? [asOf, from, to] : [asOf, from, to, car, model];
  const months = isFleet
    ? "months.level = 'fleet'"
    : car === null
    ? "months.level = 'model' and months.model = $5 and $4::bigint is null"
    : "months.level = 'car' and months.car_id = $4::bigint and $5::text is null";
  const read = async (query: string, columns: readonly string[]) =>
    (await sql.unsafe(query, values)).map((row) =>
      JSON.stringify(columns.map((column) => toText(row[column])))
    );
  return {
    days: await read(isFleet ? DAYS_OF_FLEET : DAYS_OF_CARS, DAY),
    months: await read(
      `select months.*, months.month::text as month
       from whole.revenue_month_at(dm.end_of_day($1::date), $1::date, $2::date, $3::date) as months
       where ${months} and months.month >= (select min(present.month) from dm.revenue_month as present)
       order by months.month`,
      MONTH,
    ),
  };
}

/** Numbers and exact texts alike, without what a longer division would add to a ratio. */
export function toText(value: unknown): unknown {
  return typeof value === "string" && /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : value;
}

const DAYS_OF_FLEET = `
  select days.*, days.usage_date::text as usage_date
  from whole.revenue_day_at(dm.end_of_day($1::date), $1::date, $2::date, $3::date) as days
  where days.usage_date >= (select min(present.usage_date) from dm.revenue_day as present)
  order by days.usage_date
`;

const DAYS_OF_CARS = `
  with cars as (
    select car_id
    from dds.dim_car
    where
      car_id <> 0
      and ($4::bigint is null or car_id = $4::bigint)
      and ($5::text is null or coalesce(model, '(none)') = $5::text)
  ),
  days as (
    select
      usage_date,
      sum(amount_share) as revenue,
      count(*) filter (where is_rented) as rented_days,
      sum(charged_days) as charged_days,
      count(*) filter (where is_unpriced) as unpriced_days,
      case when usage_date <= $1::date then count(*) end as car_days
    from whole.fleet_usage_at(dm.end_of_day($1::date), $2::date, $3::date)
    join cars using (car_id)
    group by usage_date
  ),
  lacking as (
    select usage_date, sum(revenue) as revenue, count(*) as bookings
    from whole.unattributed_at(dm.end_of_day($1::date), $2::date, $3::date)
    join cars using (car_id)
    group by usage_date
  )
  select
    coalesce(days.usage_date, lacking.usage_date)::text as usage_date,
    coalesce(days.revenue, 0)::text as revenue,
    coalesce(days.rented_days, 0)::integer as rented_days,
    coalesce(days.charged_days, 0)::integer as charged_days,
    coalesce(days.unpriced_days, 0)::integer as unpriced_days,
    days.car_days::integer as car_days,
    (days.revenue / nullif(days.rented_days, 0))::text as adr,
    (days.revenue / nullif(days.charged_days, 0))::text as rpd,
    (days.revenue / nullif(days.car_days, 0))::text as revpac,
    coalesce(lacking.revenue, 0)::text as unattributed_revenue,
    coalesce(lacking.bookings, 0)::integer as unattributed_bookings,
    coalesce(days.usage_date, lacking.usage_date) > $1::date as is_ahead
  from days
  full join lacking on days.usage_date = lacking.usage_date
  order by 1
`;
