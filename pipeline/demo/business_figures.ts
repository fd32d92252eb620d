import { z } from "zod";
import { querySqlFile } from "../../lib/warehouse/sql_file.ts";
import type { Warehouse } from "../../lib/warehouse/warehouse.ts";

const sum = z.coerce.number();
const rate = z.string().transform(Number).nullable();

const buildRows = z.tuple([z.object({ last_finished_day: z.string() })]);
const moneyRows = z.tuple([z.object({
  car_days: sum,
  rented_days: sum,
  utilisation: rate,
  revenue: sum,
  revpac: rate,
  adr: rate,
  unattributed_revenue: sum,
  unattributed_bookings: sum,
})]);
const leadRows = z.tuple([z.object({ leads: sum, confirmed: sum, won: sum, lost: sum })]);
const clientRows = z.tuple([z.object({ clients: sum, repeat_clients: sum })]);
const monthRows = z.array(z.object({ double_booked_days: sum }));
const moveRows = z.array(z.object({ moves: sum }));

type Money = z.infer<typeof moneyRows>[0];
type Leads = z.infer<typeof leadRows>[0];
type Clients = z.infer<typeof clientRows>[0];

/** The figures that an owner asks for first; money in the account's currency, ratios from 0 to 1. */
export interface BusinessFigures extends Money, Leads, Clients {
  /** Figures count days up to it; before the first day of the demo when none is over. */
  readonly last_finished_date: string;
  readonly double_booked_days: number;
  readonly moves: number;
}

/** The leads that the account began with were created before the demo. */
const EVER = "0001-01-01";

/**
 * Reads the figures over the finished days from `first` on by the queries of the site, so that both say the same.
 * Leads and clients are those of all time; double bookings are known by month, those of the month of `first` all count.
 */
export async function readBusiness(
  sql: Warehouse["sql"],
  first: Temporal.PlainDate,
): Promise<BusinessFigures> {
  const ask = async (file: string, values: readonly (string | null)[]) => [
    ...await querySqlFile(sql, `dashboard/${file}`, values),
  ];
  const [{ last_finished_day: last }] = buildRows.parse(await ask("read_build.sql", []));
  const days = [first.toString(), last];
  const noOther = [null, null, null, null];
  const months = [first.with({ day: 1 }).toString(), last];
  const weeks = [first.subtract({ days: first.dayOfWeek - 1 }).toString(), last];
  const [money] = moneyRows.parse(await ask("money_sums.sql", [...days, ...noOther]));
  const [leads] = leadRows.parse(await ask("funnel_sums.sql", [EVER, last, ...noOther]));
  const [clients] = clientRows.parse(await ask("clients_sums.sql", []));
  const doubles = monthRows.parse(await ask("fleet_months.sql", [...months, null, null]));
  const moves = moveRows.parse(await ask("funnel_moves.sql", weeks));
  return {
    last_finished_date: last,
    ...money,
    ...leads,
    ...clients,
    double_booked_days: doubles.reduce((all, month) => all + month.double_booked_days, 0),
    moves: moves.reduce((all, week) => all + week.moves, 0),
  };
}
