import { currentOf, type Version } from "./history.ts";
import { lookupKey } from "./lookup_key.ts";
import type { Columns } from "./records.ts";
import { MICROS } from "./values.ts";

export type Stage =
  | "inquiry"
  | "quote"
  | "deposit"
  | "confirmed"
  | "on_rent"
  | "returned"
  | "closed"
  | "cancelled"
  | "other";

export const BOOKED: readonly Stage[] = ["confirmed", "on_rent", "returned", "closed"];

/** A status as the dictionary has it. */
export interface Status {
  readonly pipelineId: number;
  readonly statusId: number;
  readonly name: string;
  readonly stage: Stage;
}

/** One row of dds.fact_rentals. Money in millionths. */
export interface Rental {
  readonly leadId: number;
  readonly version: Version;
  readonly carId: number;
  readonly clientId: number;
  readonly status: Status | undefined;
  readonly stage: Stage;
  readonly days: number | null;
  readonly amount: number | null;
  readonly isBooking: boolean;
  readonly confirmedAt: number | null;
}

/** Histories of an entity by id. */
export type Histories = ReadonlyMap<number, readonly Version[]>;

/** What rentals are looked up in. */
export interface Lookups {
  readonly cars: Histories;
  readonly clients: Histories;
  readonly statuses: readonly Status[];
  readonly rentalPipelineId: number;
  readonly zone: string;
  readonly graceMinutes: number;
}

/** The rental that a lead is now; null when it lives no more or is in another pipeline. */
export function rentalOf(
  versions: readonly Version[],
  lookups: Lookups,
  confirmedAt: number | null,
): Rental | null {
  const version = currentOf(versions);
  const columns = version?.columns;
  if (!version || !columns || columns.pipeline_id !== lookups.rentalPipelineId) return null;
  const status = lookups.statuses.find(({ pipelineId, statusId }) =>
    pipelineId === columns.pipeline_id && statusId === columns.status_id
  );
  const stage = status?.stage ?? "other";
  const days = rentalDays(columns, lookups);
  return {
    leadId: version.id,
    version,
    carId: memberOf(versions, lookups.cars, "car_element_id", "plate"),
    clientId: memberOf(versions, lookups.clients, "client_element_id", "license"),
    status,
    stage,
    days,
    amount: amountOf(columns, days),
    isBooking: BOOKED.includes(stage),
    confirmedAt,
  };
}

/** One row of dds.unresolved_link. */
export interface UnresolvedLink {
  readonly lead_id: number;
  readonly kind: string;
  readonly key: string;
}

/** What a rental says of its car and client without being theirs: keys that find nobody, and elements nobody has shown. */
export function unresolvedOf({ leadId, version, carId, clientId }: Rental): UnresolvedLink[] {
  const links = [
    ["car", carId, "car_element_id", "plate"],
    ["client", clientId, "client_element_id", "license"],
  ] as const;
  return links.flatMap(([kind, found, link, column]) => {
    const linked = version.columns[link];
    const key = found === 0 && linked !== 0 ? lookupKey(version.columns[column]) : null;
    const isShown = typeof linked !== "number" || linked === 0 || linked === found;
    return [
      ...key === null ? [] : [{ lead_id: leadId, kind, key }],
      ...isShown ? [] : [{ lead_id: leadId, kind: `${kind} element`, key: String(linked) }],
    ];
  });
}

/** max(1, ceil((end - start - grace) / 24 h)) on the wall clock; null unless end >= start. */
export function rentalDays(
  columns: Columns,
  { zone, graceMinutes }: Pick<Lookups, "zone" | "graceMinutes">,
): number | null {
  const { rental_start: start, rental_end: end } = columns;
  if (typeof start !== "number" || typeof end !== "number" || end < start) return null;
  const minutes = (wallSeconds(end, zone) - wallSeconds(start, zone)) / 60 - graceMinutes;
  return Math.max(1, Math.ceil(minutes / 1440));
}

/** What the clock on the wall shows, counted as if every day had 24 hours. */
function wallSeconds(seconds: number, zone: string): number {
  const local = Temporal.Instant.fromEpochMilliseconds(seconds * 1000).toZonedDateTimeISO(zone);
  const isMidnight = local.epochMilliseconds === local.startOfDay().epochMilliseconds;
  const plain = isMidnight ? local.toPlainDate().toPlainDateTime() : local.toPlainDateTime();
  return plain.toZonedDateTime("UTC").epochMilliseconds / 1000;
}

function amountOf({ budget, dailyrate }: Columns, days: number | null): number | null {
  if (typeof budget === "number" && budget > 0) return budget;
  return typeof dailyrate === "number" && days !== null ? dailyrate * days : null;
}

/** The linked element where a catalog read has shown it, else who bore the key when the lead was given it. */
function memberOf(
  versions: readonly Version[],
  records: Histories,
  link: "car_element_id" | "client_element_id",
  column: "plate" | "license",
): number {
  const current = currentOf(versions);
  const linked = current?.columns[link];
  if (linked === 0) return 0;
  if (typeof linked === "number" && records.has(linked)) return linked;
  const key = lookupKey(current?.columns[column]);
  if (key === null) return 0;
  return bearerOf(key, givenAt(versions, column, key), records, column);
}

/** The opening of the version in which the value took its present key. */
function givenAt(versions: readonly Version[], column: string, key: string): number {
  let at = Infinity;
  for (const version of versions.toReversed()) {
    if (lookupKey(version.columns[column]) !== key) break;
    at = version.validFrom;
  }
  return at;
}

function bearerOf(key: string, at: number, records: Histories, column: string): number {
  const bears = (version: Version | undefined) => lookupKey(version?.columns[column]) === key;
  const then = [...records].filter(([, versions]) => bears(versionAt(versions, at)));
  const found = then.length > 0 ? then : [...records].filter(([, all]) => all.some(bears));
  const [only, ...others] = found.map(([id]) => id);
  return others.length > 0 ? 0 : only ?? 0;
}

/** The version valid at a time; between creation and the first version, the first one. */
function versionAt(versions: readonly Version[], at: number): Version | undefined {
  const [first] = versions;
  const created = first?.columns.created_at;
  if (first && at < first.validFrom) {
    return typeof created === "number" && at >= created ? first : undefined;
  }
  return versions.find(({ validFrom, validTo }) =>
    validFrom <= at && (validTo === null || at < validTo)
  );
}

/** The days that a booking covers, none when it has no car or no dates, or ends before it starts. */
export function shareOfCents(amount: number | null, days: number): readonly number[] {
  if (days === 0) return [];
  const cent = MICROS / 100;
  const each = amount === null ? 0 : Math.trunc(amount / days / cent) * cent;
  const rest = (amount ?? 0) - each * (days - 1);
  return [...Array.from({ length: days - 1 }, () => each), rest];
}
