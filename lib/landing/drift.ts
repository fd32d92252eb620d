import type { FieldOverrides } from "../amocrm/fields.ts";
import type { Entity } from "../amocrm/wanted_fields.ts";
import {
  type ColumnsByField,
  compareSchemas,
  describeEntry,
  mapColumns,
  type SchemaChange,
  type SchemaEntry,
} from "./source_schema.ts";

/** A change of the account that people should hear of, with what to do about it. */
export interface Drift {
  readonly kind: SchemaEntry["kind"];
  readonly key: string;
  readonly change: SchemaChange["change"];
  /** `"Plate" (text)`; null when there was nothing, like the next. */
  readonly was: string | null;
  readonly became: string | null;
  /** The line to change, or that there is none. */
  readonly advice: string;
  /** What waits until somebody acts: columns without a field, or "stage"; empty when nothing does. */
  readonly waits: readonly string[];
}

/** The stage that the rules give each stage of the account, by its key; null where no rule matches. */
export type StagesByKey = ReadonlyMap<string, string | null>;

/** What changed in the fields of an entity, and what that means for the columns that are filled from them. */
export function judgeFields(
  entity: Entity,
  past: readonly SchemaEntry[],
  present: readonly SchemaEntry[],
  overrides: FieldOverrides,
): Drift[] {
  const before = mapColumns(entity, past, overrides);
  const now = mapColumns(entity, present, overrides);
  return compareSchemas(past, present).map((change) => {
    const entry = entryOf(change);
    return toDrift(
      change,
      entry.kind === "option"
        ? { advice: adviseOnOption(entity, change, now.get(fieldOf(entry))), waits: [] }
        : adviseOnField(entity, change, before, now),
    );
  });
}

/** What changed in pipelines and stages, and whether a rule classes what is new. */
export function judgeStages(
  past: readonly SchemaEntry[],
  present: readonly SchemaEntry[],
  stages: StagesByKey,
): Drift[] {
  return compareSchemas(past, present).map((change) =>
    toDrift(change, adviseOnStage(change, stages))
  );
}

type Advice = Pick<Drift, "advice" | "waits">;

function toDrift({ change, before, now }: SchemaChange, advice: Advice): Drift {
  const { kind, key } = entryOf({ change, before, now });
  const [was, became] = [before, now].map((entry) => entry && describeEntry(entry));
  return { kind, key, change, was: was ?? null, became: became ?? null, ...advice };
}

function entryOf({ before, now }: SchemaChange): SchemaEntry {
  const entry = now ?? before;
  if (!entry) throw new Error("Cannot describe a change: it has neither a before nor a now");
  return entry;
}

function adviseOnField(
  entity: Entity,
  { change, before, now }: SchemaChange,
  filledBefore: ColumnsByField,
  filledNow: ColumnsByField,
): Advice {
  const { key } = entryOf({ change, before, now });
  const [lost, gained] = [filledBefore.get(key), filledNow.get(key)];
  const mapTo = (column: string, id: string) =>
    `AMO_FIELD_MAP=${JSON.stringify({ [entity]: { [column]: Number(id) } })}`;
  const fillerOf = (column: string, filled: ColumnsByField) =>
    [...filled].find(([, other]) => other === column)?.[0];
  if (gained !== undefined && gained === lost) {
    return { advice: `it still fills ${gained}: nothing to change`, waits: [] };
  }
  if (gained !== undefined) {
    const old = fillerOf(gained, filledBefore);
    const back = old === undefined ? "" : `; to read field ${old} again: ${mapTo(gained, old)}`;
    return { advice: `${gained} is read from it now${back}`, waits: [] };
  }
  if (lost !== undefined) {
    const other = fillerOf(lost, filledNow);
    if (other !== undefined) {
      const back = now ? `; to read this one again: ${mapTo(lost, key)}` : "";
      return { advice: `${lost} is read from field ${other} now${back}`, waits: [] };
    }
    const create = `deno task helper_fields${entity === "leads" ? "" : " --all"}`;
    const line = change === "vanished" || typeOf(before) !== typeOf(now)
      ? `create it with ${create}, or name another: AMO_FIELD_MAP={"${entity}":{"${lost}":ID}}`
      : mapTo(lost, key);
    return { advice: `${lost} stays empty: ${line}`, waits: [lost] };
  }
  return {
    advice: change === "appeared"
      ? `nothing reads it; to fill a column from it: AMO_FIELD_MAP={"${entity}":{"COLUMN":${key}}}`
      : "nothing reads it: nothing to change",
    waits: [],
  };
}

function typeOf(entry: SchemaEntry | null): string | null {
  return entry?.type ?? null;
}

function fieldOf({ key }: SchemaEntry): string {
  return key.split(":")[0] ?? key;
}

function adviseOnOption(
  entity: Entity,
  { change }: SchemaChange,
  column: string | undefined,
): string {
  if (column === undefined) return "nothing reads its field: nothing to change";
  const isSilent = change === "changed" && entity === "leads";
  return `it is a value of ${column}: ` +
    (isSilent
      ? "all leads are read again, since their times do not show it; nothing to change"
      : "nothing to change");
}

function adviseOnStage(change: SchemaChange, stages: StagesByKey): Advice {
  const { kind, key, name } = entryOf(change);
  if (kind === "pipeline") {
    return { advice: "nothing to change, unless AMO_PIPELINE names it", waits: [] };
  }
  if (change.change === "vanished") {
    return { advice: "leads that still have it keep its stage: nothing to change", waits: [] };
  }
  const stage = stages.get(key) ?? null;
  if (stage !== null) {
    return { advice: `its leads count as ${stage}: nothing to change if that is right`, waits: [] };
  }
  const pattern = name.replaceAll("'", "''");
  return {
    advice:
      "no rule classes it, so its rentals are no bookings: insert into dict.dict_stage_rule " +
      `(priority, name_pattern, stage) values (1000, '${pattern}', 'confirmed'), or whatever stage it is`,
    waits: ["stage"],
  };
}
