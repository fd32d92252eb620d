import { entityOf } from "../../../history/entities.ts";
import { statusOfSide } from "../../../history/event_side.ts";
import { MASK, maskPayload } from "../../../history/personal.ts";
import type { Column, ColumnKind, DataTable, PageRequest, Row } from "../../page/page.ts";
import { type HistoryWords, historyWords } from "../../words/history_words.ts";
import { stageName } from "../../words/stage_name.ts";
import type { HistoryRecord } from "./record.ts";

type ColumnKey = keyof HistoryWords["columns"];

/** Where the row of a kind leads. */
const toRecord = (kind: string, key: string) => (row: Row) => {
  const id = row[key];
  return typeof id === "number" && id !== 0 ? `/history/${kind}/${id}` : null;
};

function columnsOf(
  words: HistoryWords,
  kinds: Partial<Record<ColumnKey, ColumnKind>>,
  links: Partial<Record<ColumnKey, Column["linkTo"]>> = {},
): readonly Column[] {
  return Object.entries(kinds).map(([key, kind]): Column => {
    const name = Object.keys(words.columns).find((one): one is ColumnKey => one === key);
    const linkTo = name === undefined ? undefined : links[name];
    return {
      key,
      title: name === undefined ? key : words.columns[name],
      kind,
      ...linkTo ? { linkTo } : {},
    };
  });
}

/** A page of a car or a client does not say in each row whose it is. */
function withoutOwn({ kind }: HistoryRecord, columns: readonly Column[]): readonly Column[] {
  return kind === "lead" ? columns : columns.filter(({ key }) => key !== `${kind}_id`);
}

export function changesTable(record: HistoryRecord, request: PageRequest): DataTable {
  const words = historyWords[request.state.language];
  return {
    name: "changes",
    title: words.changes,
    columns: columnsOf(words, {
      change_ts: "moment",
      earliest_ts: "moment",
      latest_ts: "moment",
      from: "text",
      to: "text",
      dwell_seconds: "seconds",
      source: "text",
    }),
    rows: record.changes.map((change): Row => ({
      change_ts: change.change_ts,
      earliest_ts: change.earliest_ts,
      latest_ts: change.latest_ts,
      from: change.from_status ?? `${change.from_pipeline_id}/${change.from_status_id}`,
      to: change.to_status ?? `${change.to_pipeline_id}/${change.to_status_id}`,
      dwell_seconds: change.dwell_seconds,
      source: words.sources[change.source],
    })),
    sqlFile: "dashboard/record_changes.sql",
  };
}

export function rentalsTable(record: HistoryRecord, request: PageRequest): DataTable {
  const words = historyWords[request.state.language];
  return {
    name: "rentals",
    title: record.kind === "lead" ? words.rental : words.rentals,
    columns: withoutOwn(
      record,
      columnsOf(words, {
        lead_id: "id",
        car_id: "id",
        client_id: "id",
        stage: "text",
        status_name: "text",
        is_booking: "flag",
        is_cancelled: "flag",
        rental_start: "planned",
        rental_end: "planned",
        rental_days: "days",
        dailyrate: "money",
        budget: "money",
        amount: "money",
        confirmed_at: "moment",
        created_at: "moment",
        closed_at: "moment",
      }, {
        lead_id: toRecord("lead", "lead_id"),
        car_id: toRecord("car", "car_id"),
        client_id: toRecord("client", "client_id"),
      }),
    ),
    rows: record.rentals.rows.map((rental): Row => ({
      ...rental,
      stage: stageName(rental.stage, request.state.language),
    })),
    isCut: record.rentals.isCut,
    sqlFile: "dashboard/record_rentals.sql",
  };
}

export function daysTable(record: HistoryRecord, request: PageRequest): DataTable {
  const words = historyWords[request.state.language];
  return {
    name: "fleet_days",
    title: words.fleetDays,
    columns: withoutOwn(
      record,
      columnsOf(words, {
        usage_date: "date",
        car_id: "id",
        plate: "text",
        is_rented: "flag",
        is_double_booked: "flag",
        rentals_cnt: "count",
        lead_ids: "text",
        amount_share: "money",
      }, {
        car_id: toRecord("car", "car_id"),
        // One lead is linked; of several each has a row of its own under rentals.
        lead_ids: ({ lead_ids: ids }) =>
          typeof ids === "string" && /^\d+$/.test(ids) ? `/history/lead/${ids}` : null,
      }),
    ),
    ...record.days,
    sqlFile: "dashboard/record_fleet_days.sql",
  };
}

export function eventsTable(record: HistoryRecord, request: PageRequest): DataTable {
  const words = historyWords[request.state.language];
  return {
    name: "events",
    title: words.events,
    columns: columnsOf(words, {
      at: "moment",
      type: "text",
      before: "text",
      after: "text",
    }),
    rows: record.history.events.map((event): Row => ({
      at: event.created_at.toISOString(),
      type: event.type,
      before: sideText(event.before, record, request),
      after: event.survivor_id === null
        ? sideText(event.after, record, request)
        : `→ ${event.survivor_id}`,
    })),
    sqlFile: "stg/list_lead_events.sql",
  };
}

/** A status by its name, where a change of the lead names it; any other side as JSON without personal values. */
function sideText(side: unknown, record: HistoryRecord, request: PageRequest): string | null {
  if (!Array.isArray(side) || side.length === 0) return null;
  const status = statusOfSide(side);
  if (status) {
    const { pipelineId, statusId } = status;
    const name = record.changes.flatMap((change) => [
      { id: change.from_status_id, pipeline: change.from_pipeline_id, name: change.from_status },
      { id: change.to_status_id, pipeline: change.to_pipeline_id, name: change.to_status },
    ]).find(({ id, pipeline }) => `${pipeline}/${id}` === `${pipelineId}/${statusId}`)?.name;
    return name ?? `${pipelineId}/${statusId}`;
  }
  const shown = request.settings.showsPersonalData
    ? side
    : maskPayload(entityOf(record.kind), side);
  return JSON.stringify(shown);
}

export function sightsTable(record: HistoryRecord, request: PageRequest): DataTable {
  const words = historyWords[request.state.language];
  return {
    name: "sights",
    title: words.sights,
    columns: columnsOf(words, {
      number: "id",
      observed_at: "moment",
      updated_at: "moment",
      deleted_by: "text",
      run: "text",
      payload: "text",
    }, {
      run: ({ run, landed_by: landedBy }) =>
        run === words.noRun || typeof landedBy !== "string" ? null : landedBy,
      payload: ({ number }) => `${request.path}?sight=${number}#payload`,
    }),
    rows: record.history.sights.map((sight, i): Row => ({
      number: i + 1,
      observed_at: sight.observed_at.toISOString(),
      updated_at: sight.updated_at.toISOString(),
      deleted_by: sight.deleted_by,
      run: sight.dag_id === null || sight.logical_date === null
        ? words.noRun
        : `${sight.dag_id} ${sight.logical_date}`,
      landed_by: sight.dag_id === null ? null : `/runs/${sight.dag_id}/${sight.logical_date}`,
      payload: words.payloadOf(i + 1),
    })),
    sqlFile: "stg/list_sights.sql",
  };
}

/** The payload that is shown: masked unless personal data are. */
export function shownPayload(
  payload: unknown,
  record: HistoryRecord,
  { settings }: PageRequest,
): unknown {
  return settings.showsPersonalData ? payload : maskPayload(entityOf(record.kind), payload);
}

/** The payload field by field: "custom_fields_values[0].values[0].value". */
export function payloadTable(
  payload: unknown,
  title: string,
  request: PageRequest,
): DataTable {
  const words = historyWords[request.state.language];
  return {
    name: "payload",
    title,
    columns: columnsOf(words, { path: "text", value: "text" }),
    rows: [...fieldsOf(payload, "")].map(([path, value]): Row => ({ path, value })),
    sqlFile: "stg/list_sights.sql",
  };
}

function* fieldsOf(part: unknown, path: string): Generator<[string, string | null]> {
  if (Array.isArray(part)) {
    for (const [i, one] of part.entries()) yield* fieldsOf(one, `${path}[${i}]`);
  } else if (typeof part === "object" && part !== null) {
    for (const [key, value] of Object.entries(part)) {
      yield* fieldsOf(value, path === "" ? key : `${path}.${key}`);
    }
  } else {
    yield [path, part === null ? null : part === MASK ? MASK : String(part)];
  }
}
