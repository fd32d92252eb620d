import { z } from "zod";
import { ConfigError } from "../../../config.ts";
import { entityOf, findKind, type Kind } from "../../../history/entities.ts";
import { parseMoment } from "../../../history/moment.ts";
import { readHistory, type RecordHistory, type Version } from "../../../history/record_history.ts";
import { isWholeWanted, MOST_CSV_ROWS } from "../../page/csv_rows.ts";
import { askedRows, type FirstRows, firstRows } from "../../page/first_rows.ts";
import { PageError, type PageRequest } from "../../page/page.ts";
import { historyWords } from "../../words/history_words.ts";
import { siteWords } from "../../words/site_words.ts";

const time = z.date().transform((date) => date.toISOString());

const changeRows = z.array(z.object({
  change_ts: time,
  earliest_ts: time,
  latest_ts: time,
  from_pipeline_id: z.number(),
  from_status_id: z.number(),
  from_status: z.string().nullable(),
  to_pipeline_id: z.number(),
  to_status_id: z.number(),
  to_status: z.string().nullable(),
  dwell_seconds: z.number().nullable(),
  source: z.enum(["event", "history", "gap"]),
}));

const rentalRows = z.array(z.object({
  lead_id: z.number(),
  car_id: z.number(),
  client_id: z.number(),
  stage: z.string(),
  status_name: z.string().nullable(),
  is_booking: z.boolean(),
  is_cancelled: z.boolean(),
  rental_start: time.nullable(),
  rental_end: time.nullable(),
  rental_days: z.number().nullable(),
  dailyrate: z.string().nullable(),
  budget: z.string().nullable(),
  amount: z.string().nullable(),
  confirmed_at: time.nullable(),
  created_at: time.nullable(),
  closed_at: time.nullable(),
}));

const dayRows = z.array(z.object({
  usage_date: z.string(),
  car_id: z.number(),
  plate: z.string().nullable(),
  is_rented: z.boolean(),
  is_double_booked: z.boolean(),
  rentals_cnt: z.number(),
  lead_ids: z.string(),
  amount_share: z.string(),
}));

/** All that is shown of one record. */
export interface HistoryRecord {
  readonly kind: Kind;
  readonly id: number;
  readonly history: RecordHistory;
  /** Of a lead. */
  readonly changes: z.infer<typeof changeRows>;
  /** Of a lead its own, else those that point at it. */
  readonly rentals: FirstRows<z.infer<typeof rentalRows>[number]>;
  /** Of a lead or a car. */
  readonly days: FirstRows<z.infer<typeof dayRows>[number]>;
  /** The days that `days` of a car are of. */
  readonly span: { readonly from: Temporal.PlainDate; readonly to: Temporal.PlainDate };
  /** The moment whose state is asked for; null: the present. */
  readonly moment: Temporal.Instant | null;
}

const DAYS_ASIDE = 30;

const MOST_RENTALS = 200;

/** A lead may be booked for years. */
const MOST_DAYS = 1000;

/** Reads all that is shown of the record that the path names. Throws `PageError`. */
export async function readRecord(request: PageRequest): Promise<HistoryRecord> {
  const { ask, state, settings: { timeZone }, today } = request;
  const words = historyWords[state.language];
  const { kind, id } = readName(request);
  const moment = readMoment(request);
  const history = await readHistory(ask, entityOf(kind), id, null);
  if (history.sights.length === 0 && history.versions.length === 0) {
    const title = siteWords[state.language].noSuch[kind];
    throw new PageError(404, words.missing(words.kinds[kind], id), title);
  }
  const middle = moment?.toZonedDateTimeISO(timeZone).toPlainDate() ?? today;
  const span = {
    from: middle.subtract({ days: DAYS_ASIDE }),
    to: middle.add({ days: DAYS_ASIDE }),
  };
  const changes = kind === "lead" ? await ask("dashboard/record_changes.sql", [id]) : [];
  const mostOf = (table: string, shown: number) =>
    isWholeWanted(request, { table }) ? MOST_CSV_ROWS : shown;
  const mostRentals = mostOf("rentals", MOST_RENTALS);
  const mostDays = mostOf("fleet_days", MOST_DAYS);
  const rentals = await ask("dashboard/record_rentals.sql", [kind, id, askedRows(mostRentals)]);
  const days = kind === "client" ? [] : await ask("dashboard/record_fleet_days.sql", [
    kind,
    id,
    span.from.toString(),
    span.to.toString(),
    timeZone,
    askedRows(mostDays),
  ]);
  return {
    kind,
    id,
    history,
    changes: changeRows.parse(changes),
    rentals: firstRows(rentalRows.parse(rentals), mostRentals),
    days: firstRows(dayRows.parse(days), mostDays),
    span,
    moment,
  };
}

function readName({ params, state }: PageRequest): { readonly kind: Kind; readonly id: number } {
  const words = historyWords[state.language];
  const { kind: kindText = "", id: idText = "" } = params;
  const kind = findKind(kindText);
  if (kind === null) throw new PageError(404, words.badKind(kindText));
  const id = Number(idText);
  if (!/^\d+$/.test(idText) || !Number.isSafeInteger(id)) {
    throw new PageError(400, words.badId(idText));
  }
  return { kind, id };
}

/** `at`, else the end of the day `as_of`: its last microsecond, so that what begins at midnight is of the next day. */
function readMoment({ state, settings }: PageRequest): Temporal.Instant | null {
  const { at } = state.own;
  if (at === undefined) {
    return state.asOf?.add({ days: 1 }).toZonedDateTime(settings.timeZone).toInstant()
      .subtract({ microseconds: 1 }) ?? null;
  }
  try {
    return parseMoment(at, settings.timeZone);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new PageError(400, historyWords[state.language].badMoment(at));
  }
}

/** The version that was valid at the moment; null when there was none. */
export function versionAt(
  versions: readonly Version[],
  moment: Temporal.Instant,
): Version | null {
  const isBefore = (text: unknown) =>
    typeof text === "string" &&
    Temporal.Instant.compare(Temporal.Instant.from(text), moment) <= 0;
  return versions.findLast(({ valid_from: from, valid_to: to }) =>
    isBefore(from) && !isBefore(to)
  ) ?? null;
}
