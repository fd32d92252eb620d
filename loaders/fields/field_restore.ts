import { foldName } from "../../lib/amocrm/field_match.ts";
import { describeFaults } from "../../lib/amocrm/validation.ts";
import type { BatchOutcome } from "../../lib/amocrm/batch_writer.ts";
import type { FieldBackup, SavedField } from "./field_backup.ts";
import { type FieldDefinition, readFieldDefinitions } from "./field_definitions.ts";
import type { LoaderSession } from "../account/loader_command.ts";
import { toBareDefinition, toNewDefinition } from "./new_definition.ts";
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
  const missing = deleted.filter((saved) => !before.has(saved));
  const whole = await createFields(session, missing, state, toNewDefinition);
  const bare = await createFields(
    session,
    whole.refused.map(({ item }) => item),
    state,
    toBareDefinition,
  );
  const written = new Map([...whole.written, ...bare.written]);
  if (isLive && deleted.length > 0) await state.end();
  const values = await restoreValues(session, new Map([...before, ...written]));
  return {
    there: backup.fields.length - deleted.length,
    before: before.size,
    created: written.size,
    values,
    refused: [
      ...whole.refused.filter(({ item }) => bare.written.has(item)).map(({ item, faults }) =>
        `${nameOf(item)} came back with its name, type and choices alone: the account refused ` +
        `${describeFaults(faults)}`
      ),
      ...bare.refused.map(({ item, faults }) =>
        `${nameOf(item)} was refused by the account: ${describeFaults(faults)}`
      ),
    ],
  };
}

function nameOf({ definition: { id, name } }: SavedField): string {
  return `The field "${name}" (${id})`;
}

async function createFields(
  session: LoaderSession,
  items: readonly SavedField[],
  state: RestoreState,
  toBody: (definition: SavedField["definition"]) => object,
): Promise<BatchOutcome<SavedField>> {
  return await session.writer.writeAll("fields", {
    method: "POST",
    path: `${PATH}/custom_fields`,
    collection: "custom_fields",
    items,
    toBody: ({ definition }) => toBody(definition),
    describe: ({ definition: { name, type } }) => `field "${name}" (${type})`,
    findWritten: async (lost) =>
      findRestored(lost, await readFieldDefinitions(session.client, PATH), state),
    afterBatch: (created) => state.add(toIds(created)),
  });
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
