import type { Version } from "./history.ts";
import { type Histories, type Rental, shareOfCents } from "./rentals.ts";
import { addDays, type Cell, dayOf, startOf } from "./values.ts";

/** One row of dds.fact_fleet_usage_day. */
export interface FleetDay {
  readonly carId: number;
  readonly day: string;
  readonly plate: Cell;
  readonly leadIds: readonly number[];
  /** In millionths. */
  readonly amountShare: number;
}

/** What the days depend on beside cars and rentals. */
export interface Horizon {
  readonly zone: string;
  readonly logicalDate: string;
  readonly maxDays: number;
  /** Of a lead or car in STG, in unix seconds. */
  readonly earliestCreated: number | null;
}

interface Booking {
  readonly leadId: number;
  readonly amount: number;
}

/** The first and the last day that are built. */
export function spanOf({ zone, logicalDate, maxDays, earliestCreated }: Horizon): [string, string] {
  const first = earliestCreated === null ? logicalDate : dayOf(earliestCreated, zone);
  return [addDays(first, -maxDays), addDays(logicalDate, maxDays)];
}

export function fleetDays(
  cars: Histories,
  rentals: readonly Rental[],
  horizon: Horizon,
): readonly FleetDay[] {
  const [firstBuilt, lastBuilt] = spanOf(horizon);
  const isBuilt = (day: string) => day >= firstBuilt && day <= lastBuilt;
  const booked = new Map([...cars.keys()].map((id) => [id, new Map<string, Booking[]>()]));
  for (const rental of rentals) {
    const ofCar = booked.get(rental.carId);
    if (!rental.isBooking || ofCar === undefined) continue;
    const days = daysOf(rental, horizon.zone);
    const shares = shareOfCents(rental.amount, days.length);
    days.forEach((day, i) => {
      if (!isBuilt(day)) return;
      const { leadId } = rental;
      ofCar.set(day, [...ofCar.get(day) ?? [], { leadId, amount: shares[i] ?? 0 }]);
    });
  }
  const lastBooked = [...booked.values()].flatMap((days) => [...days.keys()]).sort().at(-1);
  const last = [lastBooked ?? "", horizon.logicalDate].sort().at(-1) ?? "";
  return [...cars].flatMap(([id, versions]) =>
    daysOfCar(id, versions, booked.get(id) ?? new Map(), { ...horizon, last, isBuilt })
  );
}

function daysOfCar(
  carId: number,
  versions: readonly Version[],
  booked: ReadonlyMap<string, readonly Booking[]>,
  { zone, last, isBuilt }: Horizon & { readonly last: string; isBuilt(day: string): boolean },
): FleetDay[] {
  const newest = versions.at(-1);
  if (newest === undefined) return [];
  const { in_fleet_from: from, in_fleet_to: to } = newest.columns;
  const created = newest.columns.created_at;
  const begin = typeof from === "string"
    ? from
    : typeof created === "number"
    ? dayOf(created, zone)
    : null;
  const first = [...booked.keys(), ...(begin === null ? [] : [begin])].sort()[0];
  if (first === undefined) return [];
  const isIdleDay = (day: string) =>
    day <= last && (typeof to !== "string" || day <= to) && !isInGap(versions, day, zone);
  const days: FleetDay[] = [];
  for (let day = first; day <= last; day = addDays(day, 1)) {
    const bookings = booked.get(day) ?? [];
    if (!isBuilt(day) || (bookings.length === 0 && !isIdleDay(day))) continue;
    days.push({
      carId,
      day,
      plate: plateOf(versions, day, zone),
      leadIds: bookings.map(({ leadId }) => leadId).sort((a, b) => a - b),
      amountShare: bookings.reduce((sum, { amount }) => sum + amount, 0),
    });
  }
  return days;
}

/** Whether a day lies wholly in a deletion: the day of the deletion and that of the return are still counted. */
function isInGap(versions: readonly Version[], day: string, zone: string): boolean {
  return versions.some(({ validTo, closedBy }, i) => {
    if (validTo === null || closedBy === null) return false;
    const next = versions[i + 1];
    return day > dayOf(validTo, zone) && (next === undefined || day < dayOf(next.validFrom, zone));
  });
}

/** The last version that opened before the day ended; the first one for days before it. */
function plateOf(versions: readonly Version[], day: string, zone: string): Cell {
  const end = startOf(addDays(day, 1), zone);
  const version = versions.findLast(({ validFrom }) => validFrom < end) ?? versions[0];
  return version?.columns.plate ?? null;
}

/** The days d with start <= d < end; a rental of one day has that day. */
function daysOf({ version: { columns } }: Rental, zone: string): string[] {
  const { rental_start: start, rental_end: end } = columns;
  if (typeof start !== "number" || typeof end !== "number" || end < start) return [];
  const [first, end_] = [dayOf(start, zone), dayOf(end, zone)];
  const days = [first];
  for (let day = addDays(first, 1); day < end_; day = addDays(day, 1)) days.push(day);
  return days;
}
