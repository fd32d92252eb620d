import { isById, recordsIn } from "./answers.ts";
import { reject, toCopy, toMarker } from "./copies.ts";
import { type AnswerSeen, rowsOf } from "./journal.ts";
import { land } from "./landing.ts";
import type { State, Unknown } from "./state.ts";

/** Lands what a read of a catalog was shown: all of it, so that absence says something. */
export function followElements(
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
