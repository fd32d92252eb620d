import {
  type AnswerSeen,
  type EventNoted,
  type Noted,
  rowsOf,
  sortOut,
  type StateNoted,
} from "./journal.ts";
import { type DeletedBy, land, type Landed, newest, type StgRow } from "./landing.ts";
import { type Entity, type Reader, readRecord, type Shown } from "./records.ts";
import { hashOf } from "./row_hash.ts";
import { isObject, type Json } from "./values.ts";

/** A run of a DAG that reads the CRM: what it was answered, if everything of it succeeded. */
export interface RunSeen {
  readonly dagId: string;
  readonly logicalDate: string;
  readonly isFull: boolean;
  readonly noted: readonly object[];
}

/** Settings that decide what a read must show. */
export interface ReadingRules {
  readonly overlapMinutes: number;
  readonly eventsOverlapMinutes: number;
  /** ISO weekday. */
  readonly fullScanWeekday: number;
  readonly rentalPipelineId: number;
}

/** Something that the warehouse should know by now and cannot, because it was not asked for. */
export interface Unknown {
  readonly entity: Entity | "events";
  readonly id: number | string;
  readonly why: string;
}

/** What STG holds after each run, by what the CRM showed in it. */
export interface Oracle {
  readonly leads: Landed;
  readonly clients: Landed;
  readonly cars: Landed;
  readonly events: Map<string, EventNoted>;
  /** What did not parse, each value of a record once. */
  readonly rejected: ReadonlyMap<string, RejectedRow>;
  /** Upper bounds by the names of the cursors. */
  readonly cursors: Map<string, number>;
  /** What happened and was shown, in order; runs and what is between them. */
  happened(entries: readonly object[]): void;
  /** Follows a run that succeeded; returns what should have been asked for. */
  ran(run: RunSeen): readonly Unknown[];
  /** Events that have landed, by lead. */
  eventsByLead(): Map<number, EventNoted[]>;
  /** All states that leads and elements ever had. */
  readonly lives: Readonly<Record<Entity, Map<number, StateNoted[]>>>;
}

/** A value of a record that did not parse. */
export interface RejectedRow {
  readonly entity: Entity;
  readonly entity_id: number;
  readonly field: string;
  readonly raw: string;
}

interface Scan {
  readonly startedAt: number;
  readonly missing: ReadonlySet<number>;
}

interface State {
  readonly reader: Reader;
  readonly rules: ReadingRules;
  readonly leads: Landed;
  readonly clients: Landed;
  readonly cars: Landed;
  readonly events: Map<string, EventNoted>;
  readonly rejected: Map<string, RejectedRow>;
  readonly cursors: Map<string, number>;
  readonly lives: Record<Entity, Map<number, StateNoted[]>>;
  /** Every event that ever happened. */
  readonly feed: EventNoted[];
  lastFullDate: string | null;
  scan: Scan | null;
}

export function createOracle(reader: Reader, rules: ReadingRules): Oracle {
  const state: State = {
    reader,
    rules,
    leads: new Map(),
    clients: new Map(),
    cars: new Map(),
    events: new Map(),
    rejected: new Map(),
    cursors: new Map(),
    lives: { leads: new Map(), clients: new Map(), cars: new Map() },
    feed: [],
    lastFullDate: null,
    scan: null,
  };
  return {
    ...state,
    happened: (entries) => remember(state, sortOut(entries)),
    ran: (run) => follow(state, run),
    eventsByLead: () => Map.groupBy(state.events.values(), ({ entityId }) => entityId),
  };
}

function remember(state: State, { leads, elements, events }: Noted): void {
  const { carsCatalogId, clientsCatalogId } = state.reader;
  const add = (entity: Entity, states: readonly StateNoted[]) => {
    for (const one of states) {
      const life = state.lives[entity].get(one.id) ?? [];
      life.push(one);
      state.lives[entity].set(one.id, life);
    }
  };
  add("leads", leads);
  add("cars", elements.get(carsCatalogId) ?? []);
  add("clients", elements.get(clientsCatalogId) ?? []);
  state.feed.push(...events.filter(({ entityType }) => entityType === "lead"));
}

function follow(state: State, run: RunSeen): readonly Unknown[] {
  const answers = lastAttempt(sortOut(run.noted).answers);
  if (run.dagId === "daily_amocrm_load_leads") return followLeads(state, run, answers);
  if (run.dagId === "daily_amocrm_load_events") return followEvents(state, run, answers);
  if (run.dagId === "daily_amocrm_load_cars") return followElements(state, "cars", answers);
  if (run.dagId === "daily_amocrm_load_clients") return followElements(state, "clients", answers);
  return [];
}

/** Every try begins by asking who the account is; only the last one lands. */
function lastAttempt(answers: readonly AnswerSeen[]): readonly AnswerSeen[] {
  const start = answers.findLastIndex(({ path }) => path === "/api/v4/account");
  return answers.slice(Math.max(0, start)).filter(({ isDelivered }) => isDelivered);
}

const LEADS = "/api/v4/leads";

/** Asked for by ids, of many at once or of one by its own address. */
function isById({ path, params }: AnswerSeen): boolean {
  return /\/\d+$/.test(path) || [...params.keys()].some((name) => name.startsWith("filter[id]"));
}

function isTrash({ params }: AnswerSeen): boolean {
  return params.get("with") === "only_deleted";
}

/** Whether an answer only proves something: of one lead, the newest first. */
function isProbe({ params }: AnswerSeen): boolean {
  return params.get("limit") === "1" && params.get("order[updated_at]") === "desc";
}

/** A copy of a record, and what of it did not parse. */
interface Copy extends StgRow {
  readonly shown: Shown;
}

function toCopy(state: State, entity: Entity, record: Json, observedAt: number): Copy {
  const shown: Shown = readRecord(entity, record, state.reader);
  const { id, updatedAt, columns } = shown;
  const hash = hashOf(columns, null);
  return { id, observedAt, updatedAt, columns, deletedBy: null, hash, shown };
}

/** Keeps what did not parse, of records that are followed. */
function reject({ rejected, ...state }: State, entity: Entity, copies: readonly Copy[]): void {
  for (const { id, observedAt, shown } of copies) {
    const [first] = state[entity].get(id) ?? [];
    if (first === undefined || observedAt < first.observedAt) continue;
    for (const { field, raw } of shown.rejected) {
      rejected.set(JSON.stringify([entity, id, field, raw]), { entity, entity_id: id, field, raw });
    }
  }
}

function toMarker(
  id: number,
  deletedBy: DeletedBy,
  observedAt: number,
  updatedAt: number = observedAt,
): StgRow {
  return { id, observedAt, updatedAt, columns: null, deletedBy, hash: hashOf(null, deletedBy) };
}

/** The records in a list, or the one that an address of its own shows. */
function recordsIn(answer: AnswerSeen, collection: string): readonly Json[] {
  if (!/\/\d+$/.test(answer.path)) return rowsOf(answer, collection);
  return answer.status === 200 && isObject(answer.body) ? [answer.body] : [];
}

function copiesIn(state: State, answers: readonly AnswerSeen[]): Copy[] {
  return answers.flatMap((answer) =>
    recordsIn(answer, "leads").filter((record) => record.is_deleted !== true)
      .map((record) => toCopy(state, "leads", record, answer.at))
  );
}

function isRental({ rules }: State, { columns }: StgRow): boolean {
  return columns?.pipeline_id === rules.rentalPipelineId;
}

function followLeads(
  state: State,
  run: RunSeen,
  answers: readonly AnswerSeen[],
): readonly Unknown[] {
  const upper = answers[0]?.at ?? 0;
  const lists = answers.filter((answer) =>
    (answer.path === LEADS || /^\/api\/v4\/leads\/\d+$/.test(answer.path)) && !isProbe(answer)
  );
  const cursor = state.cursors.get("amocrm.leads");
  const isFull = mustBeFull(state, run);
  const listed = lists.filter((answer) => !isById(answer));
  const wasFull = !listed.some(({ params }) =>
    [...params.keys()].some((name) => name.startsWith("filter[updated_at]"))
  );
  const known = new Set(state.leads.keys());
  const copies = copiesIn(state, listed).filter((copy) => {
    const last = newest(state.leads, copy.id);
    // A list that lags says nothing against a deletion; what a look-up says counts instead.
    return last?.columns !== null || copy.updatedAt > last.observedAt;
  }).filter((copy) => wasFull || copy.updatedAt <= upper);
  const asked = copiesIn(state, lists.filter(isById));
  land(state.leads, [...copies, ...asked], (copy) => isRental(state, copy));
  reject(state, "leads", [...copies, ...asked]);
  if (wasFull) {
    const shown = new Set(listed.flatMap((answer) => rowsOf(answer, "leads")).map(({ id }) => id));
    const missing = [...known].filter((id) => {
      const last = newest(state.leads, id);
      return !shown.has(id) && last?.columns !== null && last !== undefined &&
        last.observedAt <= upper;
    });
    state.scan = { startedAt: upper, missing: new Set(missing) };
    state.lastFullDate = run.logicalDate;
    state.cursors.set("amocrm.leads_full", upper);
  }
  state.cursors.set("amocrm.leads", Math.max(upper, cursor ?? 0));
  const from = isFull ? -Infinity : (cursor ?? 0) - state.rules.overlapMinutes * 60;
  return [
    ...(isFull === wasFull ? [] : [{
      entity: "leads" as const,
      id: run.logicalDate,
      why: isFull ? "all leads were to be read" : "only changes were to be read",
    }]),
    ...findUnseen(
      state,
      answers,
      (copy) => copy.updatedAt >= from && (isFull || copy.updatedAt <= upper),
    ),
  ];
}

function mustBeFull({ lastFullDate, rules }: State, { isFull, logicalDate }: RunSeen): boolean {
  if (lastFullDate === null || isFull) return true;
  const date = Temporal.PlainDate.from(logicalDate);
  const since = date.subtract({ days: (date.dayOfWeek - rules.fullScanWeekday + 7) % 7 });
  return lastFullDate < since.toString();
}

/** Leads that stayed as they were during a read, which must have shown them, and whose newest row is another. */
function findUnseen(
  state: State,
  answers: readonly AnswerSeen[],
  isWanted: (copy: StgRow) => boolean,
): Unknown[] {
  const sights = new Set(copiesIn(state, answers).map(nameOf));
  return [...state.lives.leads].flatMap(([id, life]) => {
    const shown = steadyIn(life, answers);
    if (shown === null || shown.is_deleted === true) return [];
    const copy = toCopy(state, "leads", shown, 0);
    if (!isWanted(copy) || !(state.leads.has(id) || isRental(state, copy))) return [];
    const last = newest(state.leads, id);
    if (sights.has(nameOf(copy)) || (last && nameOf(last) === nameOf(copy))) return [];
    const why = `the CRM showed it with updated_at ${copy.updatedAt}, which has not landed`;
    return [{ entity: "leads" as const, id, why }];
  });
}

/** A state by the record, its content and what it says of its last change. */
function nameOf({ id, updatedAt, hash }: StgRow): string {
  return `${id} ${updatedAt} ${hash}`;
}

/** What was shown of a record from the first to the last answer; null when it changed meanwhile, or is nowhere. */
function steadyIn(life: readonly StateNoted[], answers: readonly AnswerSeen[]): Json | null {
  const [from, to] = [answers[0]?.at ?? 0, answers.at(-1)?.at ?? 0];
  // Within the seconds of the first and the last answer nobody knows what came first.
  const shown = life.findLast(({ shownAtMs }) => shownAtMs < from * 1000);
  const isSteady = !life.some(({ shownAtMs }) =>
    shownAtMs >= from * 1000 && shownAtMs < (to + 1) * 1000
  );
  return isSteady ? shown?.shown ?? null : null;
}

function followElements(
  state: State,
  entity: "cars" | "clients",
  answers: readonly AnswerSeen[],
): readonly Unknown[] {
  const catalog = entity === "cars" ? state.reader.carsCatalogId : state.reader.clientsCatalogId;
  const upper = answers[0]?.at ?? 0;
  const landed = state[entity];
  const path = `/api/v4/catalogs/${catalog}/elements`;
  const lists = answers.filter((answer) =>
    answer.path === path || answer.path.startsWith(`${path}/`)
  );
  const scans = lists.filter((answer) => !isById(answer));
  const rows = lists.flatMap((answer) =>
    recordsIn(answer, "elements").map((record) => ({ record, at: answer.at }))
  );
  const living = rows.filter(({ record }) => record.is_deleted !== true)
    .map(({ record, at }) => toCopy(state, entity, record, at));
  // Some accounts go on listing what was deleted.
  const listed = rows.filter(({ record }) => record.is_deleted === true)
    .map(({ record, at }) =>
      toMarker(Number(record.id), "only_deleted", at, Number(record.updated_at))
    );
  const scanned = new Set(
    scans.flatMap((answer) => rowsOf(answer, "elements")).map(({ id }) => Number(id)),
  );
  const shown = new Set([...living, ...listed].map(({ id }) => id));
  const absent = [...landed.keys()].filter((id) => !scanned.has(id) && !shown.has(id))
    .map((id) => toMarker(id, "absence", upper));
  land(landed, [...living, ...listed, ...absent]);
  reject(state, entity, living);
  return [];
}

function followEvents(
  state: State,
  run: RunSeen,
  answers: readonly AnswerSeen[],
): readonly Unknown[] {
  const upper = answers[0]?.at ?? 0;
  const cursor = state.cursors.get("amocrm.events");
  const isFull = run.isFull ||
    (state.cursors.get("amocrm.leads_full") ?? -1) >
      (state.cursors.get("amocrm.events_full") ?? -1);
  const fresh = answers.filter(({ path }) => path === "/api/v4/events")
    .flatMap((answer) => rowsOf(answer, "events"))
    .filter((event) => event.entity_type === "lead")
    .map(toEvent)
    .filter(({ id }) => !state.events.has(id));
  const isFirstSight = state.lastFullDate === null;
  for (const event of fresh) state.events.set(event.id, event);
  const knownBefore = new Map([...state.leads.keys()].map((id) => [id, newest(state.leads, id)]));

  const leads = answers.filter(({ path }) =>
    path === LEADS || /^\/api\/v4\/leads\/\d+$/.test(path)
  );
  const asked = leads.filter((answer) => isById(answer));
  const living = copiesIn(state, asked.filter((answer) => !isTrash(answer)));
  const trash = leads.flatMap((answer) =>
    recordsIn(answer, "leads").filter((record) => record.is_deleted === true).map((record) =>
      toMarker(Number(record.id), "only_deleted", answer.at, Number(record.updated_at))
    )
  );
  const deleted = fresh.filter(({ type }) => type === "lead_deleted")
    .map(({ entityId, createdAt }) => toMarker(entityId, "event", createdAt));
  const vanished = [...idsAsked(asked)].filter((id) =>
    !living.some((copy) => copy.id === id) && !trash.some((copy) => copy.id === id)
  );
  const closed = vanished.flatMap((id) => closingOf(state, id, upper));
  land(state.leads, [...living, ...trash, ...deleted, ...closed], (copy) => isRental(state, copy));
  reject(state, "leads", living);

  if (
    answers.some((answer) =>
      answer.path === "/api/v4/events" && rowsOf(answer, "events").length > 0
    )
  ) {
    state.cursors.set("amocrm.events", Math.max(upper, cursor ?? 0));
  }
  if (isFull) {
    state.cursors.set(
      "amocrm.events_full",
      Math.max(upper, state.cursors.get("amocrm.leads_full") ?? 0),
    );
  }
  const from = cursor === undefined ? -Infinity : Math.min(
    cursor - state.rules.eventsOverlapMinutes * 60,
    isFull ? upper - 8 * 86_400 : Infinity,
  );
  return [
    ...findMissingEvents(state, answers, from, upper),
    ...findLivingTrash(state, answers),
    ...findUnasked(state, answers, fresh, { isFirstSight, upper, knownBefore }),
  ];
}

function toEvent(event: Json): EventNoted {
  const list = (value: unknown) => Array.isArray(value) ? value : [];
  return {
    id: String(event.id),
    type: String(event.type),
    entityId: Number(event.entity_id),
    entityType: String(event.entity_type),
    createdAt: Number(event.created_at),
    before: list(event.value_before),
    after: list(event.value_after),
    shownAtMs: 0,
  };
}

function idsAsked(answers: readonly AnswerSeen[]): Set<number> {
  return new Set(
    answers.flatMap(({ params }) =>
      [...params].filter(([name]) => name.startsWith("filter[id]"))
        .flatMap(([, value]) => value.split(",").map(Number))
    ),
  );
}

/** How a known lead is closed that is answered neither by id nor in the trash. */
function closingOf(state: State, id: number, upper: number): StgRow[] {
  const last = newest(state.leads, id);
  if (last === undefined || last.columns === null) return [];
  const merges = [...state.events.values()].filter(({ type, createdAt }) =>
    type === "entity_merged" && createdAt > last.observedAt && createdAt <= upper
  );
  const [merge, ...others] = merges;
  if (merge !== undefined && others.length === 0) return [toMarker(id, "event", merge.createdAt)];
  const { scan } = state;
  return scan?.missing.has(id) ? [toMarker(id, "absence", scan.startedAt)] : [];
}

function findMissingEvents(
  state: State,
  answers: readonly AnswerSeen[],
  from: number,
  upper: number,
): Unknown[] {
  const start = (answers[0]?.at ?? 0) * 1000;
  return state.feed.filter(({ id, createdAt, shownAtMs }) =>
    createdAt >= from && createdAt <= upper && shownAtMs < start && !state.events.has(id)
  ).map(({ id, type, entityId }) => ({
    entity: "events",
    id,
    why: `the feed had this ${type} of lead ${entityId}`,
  }));
}

function findLivingTrash(state: State, answers: readonly AnswerSeen[]): Unknown[] {
  return [...state.lives.leads].flatMap(([id, life]) => {
    const last = newest(state.leads, id);
    const isTrashed = steadyIn(life, answers)?.is_deleted === true;
    if (!isTrashed || last === undefined || last.columns === null) return [];
    return [{ entity: "leads" as const, id, why: "it was in the trash during the whole run" }];
  });
}

interface Before {
  readonly isFirstSight: boolean;
  readonly upper: number;
  readonly knownBefore: ReadonlyMap<number, StgRow | undefined>;
}

/** New events make the run ask for leads: what those were during the run must have landed. */
function findUnasked(
  state: State,
  answers: readonly AnswerSeen[],
  fresh: readonly EventNoted[],
  { isFirstSight, upper, knownBefore }: Before,
): Unknown[] {
  const wanted = new Set(
    fresh.filter(({ entityId, createdAt, type }) => {
      const last = knownBefore.get(entityId);
      if (last === undefined) return !(isFirstSight && createdAt < upper - 3 * 3600);
      return type === "lead_restored" || last.observedAt <= createdAt;
    }).map(({ entityId }) => entityId),
  );
  return findUnseen(state, answers, ({ id }) => wanted.has(id));
}

/** Whether a value is a row of the journal. */
export function isEntry(value: unknown): value is Json {
  return isObject(value);
}
