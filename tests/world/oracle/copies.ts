import { recordsIn } from "./answers.ts";
import type { AnswerSeen } from "./journal.ts";
import type { DeletedBy, StgRow } from "./landing.ts";
import { type Entity, readRecord, type Shown } from "./records.ts";
import { hashOf } from "./row_hash.ts";
import type { State } from "./state.ts";
import type { Json } from "./values.ts";

/** A copy of a record, and what of it did not parse. */
export interface Copy extends StgRow {
  readonly shown: Shown;
}

export function toCopy(state: State, entity: Entity, record: Json, observedAt: number): Copy {
  const shown: Shown = readRecord(entity, record, state.reader);
  const { id, updatedAt, columns } = shown;
  const hash = hashOf(columns, null);
  return { id, observedAt, updatedAt, columns, deletedBy: null, hash, shown };
}

/** Keeps what did not parse, of records that are followed. */
export function reject(
  { rejected, ...state }: State,
  entity: Entity,
  copies: readonly Copy[],
): void {
  for (const { id, observedAt, shown } of copies) {
    const [first] = state[entity].get(id) ?? [];
    if (first === undefined || observedAt < first.observedAt) continue;
    for (const { field, raw } of shown.rejected) {
      rejected.set(JSON.stringify([entity, id, field, raw]), { entity, entity_id: id, field, raw });
    }
  }
}

export function toMarker(
  id: number,
  deletedBy: DeletedBy,
  observedAt: number,
  updatedAt: number = observedAt,
): StgRow {
  return { id, observedAt, updatedAt, columns: null, deletedBy, hash: hashOf(null, deletedBy) };
}

export function copiesIn(state: State, answers: readonly AnswerSeen[]): Copy[] {
  return answers.flatMap((answer) =>
    recordsIn(answer, "leads").filter((record) => record.is_deleted !== true)
      .map((record) => toCopy(state, "leads", record, answer.at))
  );
}

export function isRental({ rules }: State, { columns }: StgRow): boolean {
  return columns?.pipeline_id === rules.rentalPipelineId;
}

/** A state by the record, its content and what it says of its last change. */
export function nameOf({ id, updatedAt, hash }: StgRow): string {
  return `${id} ${updatedAt} ${hash}`;
}
