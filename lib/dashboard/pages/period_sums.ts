import { z } from "zod";
import type { PageRequest } from "../page/page.ts";
import type { ComparedPeriods } from "./compared_periods.ts";
import { type Compared, toCompared, toDays } from "./compared_sums.ts";

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

/** Reads the sums of the fleet, or of the car or model that the page is about, as they are now. */
export async function readSums(
  { ask, state }: PageRequest,
  periods: ComparedPeriods,
): Promise<Compared<PeriodSums>> {
  const isWhole = state.car === null && state.model === null;
  const sqlFile = isWhole ? "dashboard/money_sums.sql" : "dashboard/money_car_sums.sql";
  const filters = isWhole ? [] : [state.car, state.model];
  return toSums(await ask(sqlFile, [...filters, ...toDays(periods)]), sqlFile);
}

/** The sums that a file below sql/ found. */
export function toSums(found: readonly unknown[], sqlFile: string): Compared<PeriodSums> {
  return toCompared(z.array(sumRow).parse(found), (row) => row.known_days > 0, sqlFile);
}
