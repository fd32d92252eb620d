import { idsAsked, isById, isOfLeads, isTrash, recordsIn, toEvent } from "./answers.ts";
import { copiesIn, isRental, reject, toMarker } from "./copies.ts";
import { type AnswerSeen, type EventNoted, rowsOf } from "./journal.ts";
import { land, newest, type StgRow } from "./landing.ts";
import type { RunSeen, State, Unknown } from "./state.ts";
import { findLivingTrash, findMissingEvents, findUnasked } from "./unknown.ts";

/** Lands the events that a run was shown, and what it found out of the leads that they name. */
export function followEvents(
  state: State,
  run: RunSeen,
  answers: readonly AnswerSeen[],
): readonly Unknown[] {
  const upper = answers[0]?.at ?? 0;
  const cursor = state.cursors.get("amocrm.events");
  // The first run takes what the account still has.
  const isFull = run.isFull || cursor === undefined ||
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

  landLeads(state, answers, fresh, upper);
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

/** Lands what look-ups showed, and the markers that trash, events and absence give evidence of. */
function landLeads(
  state: State,
  answers: readonly AnswerSeen[],
  fresh: readonly EventNoted[],
  upper: number,
): void {
  const leads = answers.filter(isOfLeads);
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
}

/** How a known lead is closed that is answered neither by id nor in the trash. */
function closingOf(state: State, id: number, upper: number): StgRow[] {
  const last = newest(state.leads, id);
  if (last === undefined || last.columns === null || wasDeleted(state, last)) return [];
  const merges = [...state.events.values()].filter(({ type, createdAt }) =>
    type === "entity_merged" && createdAt > last.observedAt && createdAt <= upper
  );
  const [merge, ...others] = merges;
  if (merge !== undefined && others.length === 0) return [toMarker(id, "event", merge.createdAt)];
  const { scan } = state;
  return scan?.missing.has(id) ? [toMarker(id, "absence", scan.startedAt)] : [];
}

/** Whether the last word of the feed on a lead, since it was seen, is its deletion: then no merge has taken it. */
function wasDeleted(state: State, { id, observedAt }: StgRow): boolean {
  const words = [...state.events.values()].filter(({ entityId, type, createdAt }) =>
    entityId === id && /^lead_(deleted|restored)$/.test(type) && createdAt >= observedAt
  );
  const lastAt = Math.max(...words.map(({ createdAt }) => createdAt));
  const last = words.filter(({ createdAt }) => createdAt === lastAt);
  return last.length > 0 && last.every(({ type }) => type === "lead_deleted");
}
