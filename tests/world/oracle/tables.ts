import { calendarDay, calendarSpan, eachDay } from "./calendar.ts";
import { fleetDays, type Horizon, spanOf } from "./fleet_days.ts";
import { currentOf, type Version, versionsOf } from "./history.ts";
import type { EventNoted } from "./journal.ts";
import type { Landed, StgRow } from "./landing.ts";
import { COLUMNS, type Entity } from "./records.ts";
import {
  BOOKED,
  type Histories,
  type Rental,
  rentalOf,
  type Status,
  unresolvedOf,
} from "./rentals.ts";
import { type StatusChange, timesOf, type Walk, walkOf } from "./status_walk.ts";
import { type Cell, dayOf } from "./values.ts";

/** A row as the oracle expects it: times in unix seconds, money in millionths. */
export type Row = Readonly<Record<string, Cell | boolean | readonly number[]>>;

/** What a warehouse holds, as far as an oracle knows it. */
export interface Holdings {
  readonly leads: Landed;
  readonly clients: Landed;
  readonly cars: Landed;
  /** Events of leads that have landed, by lead. */
  readonly events: ReadonlyMap<number, readonly EventNoted[]>;
  readonly statuses: readonly Status[];
  readonly rentalPipelineId: number;
}

/** How a business counts. */
export interface Business {
  readonly zone: string;
  readonly graceMinutes: number;
  readonly weekend: readonly number[];
  readonly maxHorizonDays: number;
}

/** Every row of every layer behind STG, by table. */
export interface Layers {
  readonly tables: Readonly<Record<string, readonly Row[]>>;
  /** The first and the last day of the calendar, were it built anew. */
  readonly calendar: readonly [string, string];
}

/** What the layers must hold after a run of a date in which everything succeeded. */
export function layersOf(held: Holdings, business: Business, logicalDate: string): Layers {
  const histories = {
    leads: historiesOf(held.leads, held.events),
    clients: historiesOf(held.clients),
    cars: historiesOf(held.cars),
  };
  const walks = new Map([...held.leads].map(([id, rows]) => [
    id,
    walkOf(rows, held.events.get(id) ?? []),
  ]));
  const lookups = { ...histories, ...held, ...business, cars: histories.cars };
  const rentals = [...histories.leads].flatMap(([id, versions]) => {
    const confirmedAt = confirmedOf(walks.get(id), versions, held);
    return rentalOf(versions, { ...lookups, clients: histories.clients }, confirmedAt) ?? [];
  });
  const changes = [...walks.values()].flatMap((walk) => walk.changes);
  const horizon: Horizon = {
    zone: business.zone,
    logicalDate,
    maxDays: business.maxHorizonDays,
    earliestCreated: earliestCreated([held.leads, held.cars]),
  };
  const days = fleetDays(histories.cars, rentals, horizon);
  const rentalRows = rentals.map(toRentalRow);
  const changeRows = changes.map(toChangeRow);
  const moments = [...rentalRows, ...changeRows].flatMap((row) => momentsOf(row, business.zone));
  const [first, last] = spanOf(horizon);
  const inside = [...moments, ...days.map(({ day }) => day)]
    .filter((day) => day >= first && day <= last);
  return {
    tables: {
      "ods.ods_leads_hist": toHistoryRows("leads", histories.leads),
      "ods.ods_clients_hist": toHistoryRows("clients", histories.clients),
      "ods.ods_cars_hist": toHistoryRows("cars", histories.cars),
      "dds.dim_car": toMembers("cars", histories.cars, "car_id", { model: "Unknown" }),
      "dds.dim_client": toMembers("clients", histories.clients, "client_id", {
        client_name: "Unknown",
      }),
      "dds.fact_lead_status_change": changeRows,
      "dds.lead_first_status": [...walks].flatMap(([lead_id, { first: stage }]) =>
        stage === null
          ? []
          : [{ lead_id, pipeline_id: stage.pipelineId, status_id: stage.statusId }]
      ),
      "dds.fact_rentals": rentalRows,
      "dds.unresolved_link": rentals.flatMap(unresolvedOf).map((link) => ({ ...link })),
      "dds.fact_fleet_usage_day": days.map((day) => ({
        car_id: day.carId,
        usage_date: day.day,
        plate: day.plate,
        rentals_cnt: day.leadIds.length,
        is_rented: day.leadIds.length > 0,
        is_double_booked: day.leadIds.length > 1,
        lead_ids: day.leadIds,
        amount_share: day.amountShare,
      })),
    },
    calendar: calendarSpan(inside, logicalDate),
  };
}

/** The rows of a calendar that covers a span. */
export function calendarRows(span: readonly [string, string], weekend: readonly number[]): Row[] {
  return eachDay(...span).map((day) => ({ ...calendarDay(day, weekend) }));
}

function historiesOf(
  landed: Landed,
  events: ReadonlyMap<number, readonly EventNoted[]> = new Map(),
): Histories {
  return new Map([...landed].map(([id, rows]) => [
    id,
    versionsOf(rows, timesOf(events.get(id) ?? [], "lead_restored")),
  ]));
}

function earliestCreated(all: readonly Landed[]): number | null {
  const times = all.flatMap((landed) => [...landed.values()].flat())
    .flatMap(({ columns }) => typeof columns?.created_at === "number" ? columns.created_at : []);
  return times.length === 0 ? null : Math.min(...times);
}

/** The first entry into a booked stage of the rental pipeline; creation when the first known stage is one. */
function confirmedOf(
  walk: Walk | undefined,
  versions: readonly Version[],
  { statuses, rentalPipelineId }: Holdings,
): number | null {
  const isBooked = (stage: Walk["first"]) =>
    stage?.pipelineId === rentalPipelineId &&
    statuses.some(({ pipelineId, statusId, stage: name }) =>
      pipelineId === stage.pipelineId && statusId === stage.statusId && BOOKED.includes(name)
    );
  const created = currentOf(versions)?.columns.created_at;
  if (isBooked(walk?.first ?? null)) return typeof created === "number" ? created : null;
  const entries = (walk?.changes ?? []).filter(({ to }) => isBooked(to));
  return entries.length === 0 ? null : Math.min(...entries.map(({ changeTs }) => changeTs));
}

function toRentalRow({ version, status, ...rental }: Rental): Row {
  const { columns } = version;
  const cell = (name: string) => columns[name] ?? null;
  return {
    lead_id: rental.leadId,
    car_id: rental.carId,
    client_id: rental.clientId,
    pipeline_id: cell("pipeline_id"),
    status_id: cell("status_id"),
    status_name: status?.name ?? null,
    stage: rental.stage,
    rental_days: rental.days,
    dailyrate: cell("dailyrate"),
    budget: cell("budget"),
    amount: rental.amount,
    is_booking: rental.isBooking,
    is_cancelled: rental.stage === "cancelled",
    rental_start: cell("rental_start"),
    rental_end: cell("rental_end"),
    closed_at: cell("closed_at"),
    created_at: cell("created_at"),
    updated_at: version.updatedAt,
    confirmed_at: rental.confirmedAt,
  };
}

function toChangeRow(change: StatusChange): Row {
  return {
    lead_id: change.leadId,
    change_ts: change.changeTs,
    earliest_ts: change.earliestTs,
    latest_ts: change.latestTs,
    from_pipeline_id: change.from.pipelineId,
    from_status_id: change.from.statusId,
    to_pipeline_id: change.to.pipelineId,
    to_status_id: change.to.statusId,
    dwell_seconds: change.dwell,
    source: change.source,
  };
}

const MOMENTS_OF_FACTS = [
  ...["rental_start", "rental_end", "closed_at", "created_at", "updated_at", "confirmed_at"],
  ...["change_ts", "earliest_ts", "latest_ts"],
];

function momentsOf(row: Row, zone: string): string[] {
  return MOMENTS_OF_FACTS.flatMap((name) => {
    const value = row[name];
    return typeof value === "number" ? [dayOf(value, zone)] : [];
  });
}

function toHistoryRows(entity: Entity, histories: Histories): Row[] {
  return [...histories.values()].flat().map((version) => ({
    ...blank(entity),
    ...version.columns,
    id: version.id,
    updated_at: version.updatedAt,
    valid_from: version.validFrom,
    valid_to: version.validTo,
    is_current: version.validTo === null,
    closed_by: version.closedBy,
  }));
}

/** The newest version of each record, and the unknown member. */
function toMembers(entity: Entity, histories: Histories, key: string, unknown: Row): Row[] {
  const members = [...histories].flatMap(([id, versions]) => {
    const newest = versions.at(-1);
    if (newest === undefined) return [];
    const { columns, updatedAt, validTo } = newest;
    return [{ ...columns, [key]: id, updated_at: updatedAt, is_deleted: validTo !== null }];
  });
  const nobody = { ...blank(entity), ...unknown, [key]: 0, updated_at: null, is_deleted: false };
  return [nobody, ...members];
}

function blank(entity: Entity): Row {
  return Object.fromEntries(COLUMNS[entity].map((name) => [name, null]));
}

/** The rows of a table of STG. */
export function toStgRows(entity: Entity, landed: Landed): Row[] {
  return [...landed.values()].flat().map((row: StgRow) => ({
    ...blank(entity),
    ...row.columns,
    id: row.id,
    updated_at: row.updatedAt,
    observed_at: row.observedAt,
    is_deleted: row.columns === null,
    deleted_by: row.deletedBy,
    row_hash: row.hash,
  }));
}
