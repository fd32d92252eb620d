import { copiesIn, isRental, nameOf, toCopy } from "./copies.ts";
import type { AnswerSeen, EventNoted, StateNoted } from "./journal.ts";
import { newest, type StgRow } from "./landing.ts";
import type { State, Unknown } from "./state.ts";
import type { Json } from "./values.ts";

/** Leads that stayed as they were during a read, which must have shown them, and whose newest row is another. */
export function findUnseen(
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

export function findMissingEvents(
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

export function findLivingTrash(state: State, answers: readonly AnswerSeen[]): Unknown[] {
  return [...state.lives.leads].flatMap(([id, life]) => {
    const last = newest(state.leads, id);
    const isTrashed = steadyIn(life, answers)?.is_deleted === true;
    if (!isTrashed || last === undefined || last.columns === null) return [];
    return [{ entity: "leads" as const, id, why: "it was in the trash during the whole run" }];
  });
}

/** How things stood when a run of events began. */
export interface Before {
  readonly isFirstSight: boolean;
  readonly upper: number;
  readonly knownBefore: ReadonlyMap<number, StgRow | undefined>;
}

/** New events make the run ask for leads: what those were during the run must have landed. */
export function findUnasked(
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
