import { isById, isOfLeads, isProbe } from "./answers.ts";
import { copiesIn, isRental, reject } from "./copies.ts";
import { type AnswerSeen, rowsOf } from "./journal.ts";
import { land, newest } from "./landing.ts";
import type { RunSeen, State, Unknown } from "./state.ts";
import { findUnseen } from "./unknown.ts";

/** Lands what a read of leads was shown. */
export function followLeads(
  state: State,
  run: RunSeen,
  answers: readonly AnswerSeen[],
): readonly Unknown[] {
  const upper = answers[0]?.at ?? 0;
  const lists = answers.filter((answer) => isOfLeads(answer) && !isProbe(answer));
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
