import type { Warehouse } from "../../lib/warehouse/warehouse.ts";
import { type Difference, findDifferences, readTables, TABLES } from "./compare.ts";
import type { Crm } from "./crm.ts";
import { createOracle, type Oracle } from "./oracle/oracle.ts";
import type { Unknown } from "./oracle/state.ts";
import type { Entity, FieldOf } from "./oracle/records.ts";
import type { Stage, Status } from "./oracle/rentals.ts";
import { calendarRows, layersOf, type Row, toStgRows } from "./oracle/tables.ts";
import type { Watcher, WorldRun } from "./world.ts";

/** Something that is not as the oracle says. */
export interface Finding {
  readonly day: number;
  readonly logicalDate: string;
  readonly difference: Difference | null;
  readonly unknown: Unknown | null;
}

/** An oracle that watches a world and lays the warehouse beside what it must hold. */
export interface Judge extends Watcher {
  readonly findings: readonly Finding[];
  readonly oracle: Oracle;
  readonly runs: readonly WorldRun[];
}

const WEEKEND = [6, 7];
const GRACE_MINUTES = 29;
const MAX_HORIZON_DAYS = 730;

/** A judge of a world; it has seen enough on the first day on which something differs. */
export function createJudge(crm: Crm, warehouse: Warehouse): Judge {
  const oracle = createOracle(readerOf(crm), {
    overlapMinutes: 10,
    eventsOverlapMinutes: 60,
    fullScanWeekday: 7,
    rentalPipelineId: crm.account.pipelineId,
  });
  const findings: Finding[] = [];
  const runs: WorldRun[] = [];
  const unknown: Unknown[] = [];
  const calendar: Calendar = { span: null };
  return {
    findings,
    oracle,
    runs,
    get hasSeenEnough() {
      return findings.length > 0;
    },
    happened: (entries) => oracle.happened(entries),
    ran(run) {
      runs.push(run);
      const { dagId, isFailure, message } = run;
      if (isFailure) unknown.push({ entity: "run", id: dagId, why: `failed: ${message}` });
      if (run.isSuccess) unknown.push(...oracle.ran(run));
    },
    async dayIsOver(day, logicalDate, isWhole) {
      const about = { day, logicalDate, difference: null, unknown: null };
      findings.push(...unknown.splice(0).map((one) => ({ ...about, unknown: one })));
      const expected = new Map([
        ...stagedRows(oracle),
        ...(isWhole ? builtRows(oracle, crm, logicalDate, calendar) : []),
      ]);
      const tables = TABLES.filter((table) => expected.has(table));
      for (const [table, rows] of await readTables(warehouse, tables)) {
        // Merges have rows of their own there.
        const found = table === "ops.watermark"
          ? rows.filter(({ name }) => String(name).startsWith("amocrm."))
          : rows;
        const differences = findDifferences(table, expected.get(table) ?? [], found);
        findings.push(...differences.map((difference) => ({ ...about, difference })));
      }
    },
  };
}

type Tables = readonly (readonly [string, readonly Row[]])[];

/** What the loads must have landed, and how far the cursors must be. */
function stagedRows(oracle: Oracle): Tables {
  return [
    ["stg.stg_leads", toStgRows("leads", oracle.leads)],
    ["stg.stg_clients", toStgRows("clients", oracle.clients)],
    ["stg.stg_cars", toStgRows("cars", oracle.cars)],
    ["stg.stg_lead_events", toEventRows(oracle)],
    ["stg.rejected", [...oracle.rejected.values()].map((rejected) => ({ ...rejected }))],
    ["ops.watermark", toCursorRows(oracle)],
  ];
}

/** The days of the calendar so far: none is ever taken away. */
interface Calendar {
  span: readonly [string, string] | null;
}

/** What everything behind STG must hold. */
function builtRows(oracle: Oracle, crm: Crm, logicalDate: string, calendar: Calendar): Tables {
  const held = {
    ...oracle,
    events: oracle.eventsByLead(),
    statuses: statusesOf(crm),
    rentalPipelineId: crm.account.pipelineId,
  };
  const business = {
    zone: crm.businessZone,
    graceMinutes: GRACE_MINUTES,
    weekend: WEEKEND,
    maxHorizonDays: MAX_HORIZON_DAYS,
  };
  const layers = layersOf(held, business, logicalDate);
  calendar.span = widen(calendar.span, layers.calendar);
  return [
    ...Object.entries(layers.tables),
    ["dds.dim_date", calendarRows(calendar.span, WEEKEND)],
  ];
}

function widen(
  before: readonly [string, string] | null,
  [first, last]: readonly [string, string],
): readonly [string, string] {
  if (before === null) return [first, last];
  return [before[0] < first ? before[0] : first, before[1] > last ? before[1] : last];
}

function toEventRows({ events }: Oracle): Row[] {
  return [...events.values()].map(({ id, type, entityId, createdAt }) => ({
    id,
    type,
    lead_id: entityId,
    created_at: createdAt,
    survivor_id: null,
  }));
}

function toCursorRows({ cursors }: Oracle): Row[] {
  const names = ["amocrm.leads", "amocrm.leads_full", "amocrm.events", "amocrm.events_full"];
  return names.map((name) => ({ name, cursor_at: cursors.get(name) ?? null }));
}

const FIELD_TYPES: Readonly<Record<string, string>> = { rental_end: "date_time" };

function readerOf({ account, accountZone, businessZone }: Crm) {
  const fieldsOf = (fields: Readonly<Record<string, number>>): ReadonlyMap<string, FieldOf> =>
    new Map(
      Object.entries(fields).map(([column, id]) => [
        column,
        { id, type: FIELD_TYPES[column] ?? "date" },
      ]),
    );
  const fields: Record<Entity, ReadonlyMap<string, FieldOf>> = {
    leads: fieldsOf(account.leadFields),
    clients: fieldsOf(account.clientFields),
    cars: fieldsOf(account.carFields),
  };
  return {
    accountZone,
    businessZone,
    carsCatalogId: account.carsCatalogId,
    clientsCatalogId: account.clientsCatalogId,
    fields,
  };
}

/** What the names of the statuses of a world mean. */
const STAGES: Readonly<Record<string, Stage>> = {
  Inquiry: "inquiry",
  "Quote Sent": "quote",
  Confirmed: "confirmed",
  "On Rent": "on_rent",
  Closed: "closed",
  Cancelled: "cancelled",
  Talks: "other",
  Signed: "closed",
  Lost: "cancelled",
};

function statusesOf({ account, otherPipelineId, otherStatuses }: Crm): Status[] {
  const toStatuses = (pipelineId: number, statuses: Readonly<Record<string, number>>) =>
    Object.entries(statuses).map(([name, statusId]) => ({
      pipelineId,
      statusId,
      name,
      stage: STAGES[name] ?? "other",
    }));
  return [
    ...toStatuses(account.pipelineId, account.statuses),
    ...toStatuses(otherPipelineId, otherStatuses),
  ];
}
