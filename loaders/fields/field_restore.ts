import { foldName } from "../../lib/amocrm/field_match.ts";
import { describeFaults } from "../../lib/amocrm/validation.ts";
import type { FieldBackup, SavedDefinition, SavedField } from "./field_backup.ts";
import { type FieldDefinition, readFieldDefinitions } from "./field_definitions.ts";
import type { LoaderSession } from "../account/loader_command.ts";
import { openRestoreState, type RestoreState } from "./restore_state.ts";
import { restoreValues, type ValueResult } from "./value_restore.ts";

/** What became of the fields of a backup. */
export interface RestoreResult {
  /** Fields that were not deleted after all; their values are left alone. */
  readonly there: number;
  /** Created anew by an earlier run. */
  readonly before: number;
  readonly created: number;
  readonly values: ValueResult;
  /** What the account did not take, as sentences. */
  readonly refused: readonly string[];
}

const PATH = "/api/v4/leads";

/**
 * Creates the deleted fields of a backup anew, under new ids, and gives leads back the values that they had in
 * them. A value that a lead has got since is left. Repeating it, also after an interruption, changes nothing.
 */
export async function restoreFields(
  session: LoaderSession,
  backup: FieldBackup,
): Promise<RestoreResult> {
  const now = await readFieldDefinitions(session.client, PATH);
  const deleted = backup.fields.filter((saved) =>
    !now.some(({ id }) => id === saved.definition.id)
  );
  const state = await openRestoreState(session.folder);
  const before = findRestored(deleted, now, state);
  const isLive = session.mode === "write";
  if (isLive && deleted.length > 0) {
    await state.begin(now);
    await state.add(toIds(before));
  }
  const { written, refused } = await session.writer.writeAll("fields", {
    method: "POST",
    path: `${PATH}/custom_fields`,
    collection: "custom_fields",
    items: deleted.filter((saved) => !before.has(saved)),
    toBody: ({ definition }) => toNewDefinition(definition),
    describe: ({ definition: { name, type } }) => `field "${name}" (${type})`,
    findWritten: async (lost) =>
      findRestored(lost, await readFieldDefinitions(session.client, PATH), state),
    afterBatch: (created) => state.add(toIds(created)),
  });
  if (isLive && deleted.length > 0) await state.end();
  const values = await restoreValues(session, new Map([...before, ...written]));
  return {
    there: backup.fields.length - deleted.length,
    before: before.size,
    created: written.size,
    values,
    refused: refused.map(({ item: { definition: { id, name } }, faults }) =>
      `The field "${name}" (${id}) was refused by the account: ${describeFaults(faults)}`
    ),
  };
}

/**
 * The fields that stand for saved ones: those that the state remembers, and those of the same name and type
 * that nobody knew before the first were created, which is what a lost answer leaves behind.
 */
function findRestored(
  saved: readonly SavedField[],
  now: readonly FieldDefinition[],
  state: RestoreState,
): ReadonlyMap<SavedField, number> {
  const found = new Map<SavedField, number>();
  for (const field of saved) {
    const { id: savedId, name, type } = field.definition;
    const remembered = now.find(({ id }) => id === state.newIdOf(savedId));
    const isNew = (id: number) => !state.isTaken(id) && ![...found.values()].includes(id);
    const unknown = now.find((one) =>
      foldName(one.name) === foldName(name) && one.type === type && isNew(one.id)
    );
    const id = remembered?.id ?? unknown?.id;
    if (id !== undefined) found.set(field, id);
  }
  return found;
}

function toIds(fields: ReadonlyMap<SavedField, number>): ReadonlyMap<number, number> {
  return new Map([...fields].map(([{ definition }, id]) => [definition.id, id]));
}

/** The keys of a definition that a new field takes; the rest the account decides. */
const TAKEN_OVER = [
  "name",
  "type",
  "code",
  "sort",
  "is_api_only",
  "group_id",
  "required_statuses",
  "hidden_statuses",
  "remind",
  "currency",
  "chained_lists",
  "tracking_callback",
  "settings",
];

function toNewDefinition(definition: SavedDefinition): object {
  const entries = TAKEN_OVER.map((key) => [key, definition[key]] as const)
    .filter(([, value]) => value !== null && value !== undefined && !isEmptyList(value));
  const enums = toNewEnums(definition.enums);
  return { ...Object.fromEntries(entries), ...(enums.length === 0 ? {} : { enums }) };
}

/** Choices without their ids, which are given anew. */
function toNewEnums(enums: unknown): object[] {
  const choices: unknown[] = typeof enums === "object" && enums !== null
    ? Object.values(enums)
    : [];
  return choices.flatMap((choice) => {
    if (typeof choice !== "object" || choice === null) return [];
    return [{ ...choice, id: undefined }];
  });
}

function isEmptyList(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}
