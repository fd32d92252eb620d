import type { BatchJob } from "../../lib/amocrm/batch_writer.ts";
import type { Fault } from "../../lib/amocrm/validation.ts";
import type { FileProblem } from "./file_record.ts";
import type { ElementCatalog } from "./element_catalog.ts";
import type { PlannedElement, PlannedValue } from "./element_check.ts";
import {
  type ExistingElement,
  type ExistingElements,
  readElement,
  readExistingElements,
} from "./existing_elements.ts";
import { holdsValues } from "./field_value.ts";
import type { ImportState } from "./import_state.ts";
import type { LoaderSession } from "../account/loader_command.ts";

/** What importing takes of a session. */
export type ImportSession =
  & Pick<LoaderSession, "client" | "writer" | "log">
  & { readonly account: { readonly timeZone: string } };

/** An element that is there, with what the file has differently. */
export interface ElementChange {
  readonly id: number;
  readonly element: PlannedElement;
  readonly before: ExistingElement;
  /** The new name; null: it keeps its own. */
  readonly name: string | null;
  readonly values: readonly PlannedValue[];
  /** How many values the file leaves empty that stay. */
  readonly spared: number;
}

/** What an import may do, and where it remembers how far it has come. */
export interface ImportOptions {
  /** Empties the values that the file leaves empty; without it they stay. */
  readonly clearEmpty: boolean;
  readonly state: ImportState | null;
  /** How a dry run shows a change. */
  describe(change: ElementChange): string;
}

/** What an import is to do. */
export interface ImportPlan {
  readonly created: readonly PlannedElement[];
  readonly changes: readonly ElementChange[];
  readonly unchanged: number;
  /** How many values the file leaves empty that stay. */
  readonly spared: number;
  /** New elements that cannot be created. */
  readonly problems: readonly FileProblem[];
}

/** What became of the elements of a file. */
export interface ImportResult {
  readonly created: number;
  readonly changed: number;
  /** What the account did not take, by the fields of the file. */
  readonly refused: readonly FileProblem[];
}

/**
 * Compares a file with the elements of a catalog: those whose key is not there are to be created, of the others
 * the values that differ changed, everything else left alone.
 */
export async function planImport(
  session: ImportSession,
  catalog: ElementCatalog,
  elements: readonly PlannedElement[],
  { clearEmpty, state }: Pick<ImportOptions, "clearEmpty" | "state">,
): Promise<ImportPlan> {
  const existing = await readExistingElements(session.client, catalog);
  if (existing.twins > 0) {
    session.log.warn(
      "{count} elements of {catalog} have the key of another one: the one with the lowest id is changed",
      { count: existing.twins, catalog: catalog.name },
    );
  }
  const found = await findElements(session, catalog, elements, existing, state);
  const changes = elements.flatMap((element) => {
    const there = found.get(element);
    return there ? [toChange(element, there, clearEmpty, session.account.timeZone)] : [];
  });
  const changesToMake = changes.filter(({ name, values }) => name !== null || values.length > 0);
  const missing = elements.filter((element) => !found.has(element));
  return {
    created: missing.filter(({ name }) => name !== ""),
    changes: changesToMake,
    unchanged: changes.length - changesToMake.length,
    spared: changes.reduce((sum, one) => sum + one.spared, 0),
    problems: missing.filter(({ name }) => name === "")
      .map(({ line, namePath }) => ({ line, path: namePath, reason: "is missing" })),
  };
}

/** Does what was planned. Repeating both, also after an interruption, changes nothing more. */
export async function importElements(
  session: ImportSession,
  catalog: ElementCatalog,
  plan: ImportPlan,
  options: ImportOptions,
): Promise<ImportResult> {
  const { writer } = session;
  const creating = creationJob(session, catalog, plan.created, options.state);
  const creation = await writer.writeAll(catalog.name, creating);
  const change = await writer.writeAll(catalog.name, changeJob(catalog, plan.changes, options));
  return {
    created: creation.written.size,
    changed: change.written.size,
    refused: [
      ...creation.refused.flatMap(({ item, faults }) =>
        faults.map((fault) => toProblem(item, sentOf(item), fault))
      ),
      ...change.refused.flatMap(({ item, faults }) =>
        faults.map((fault) => toProblem(item.element, item.values, fault))
      ),
    ],
  };
}

/** The elements that are there: by their key, else by the id that an interrupted import remembers. */
async function findElements(
  { client }: ImportSession,
  catalog: ElementCatalog,
  elements: readonly PlannedElement[],
  existing: ExistingElements,
  state: ImportState | null,
): Promise<ReadonlyMap<PlannedElement, ExistingElement>> {
  const found = new Map<PlannedElement, ExistingElement>();
  for (const element of elements) {
    const id = state?.idOf(element.key);
    const there = existing.byKey.get(element.key) ??
      (id === undefined ? null : await readElement(client, catalog, id));
    if (there) found.set(element, there);
  }
  return found;
}

function toChange(
  element: PlannedElement,
  before: ExistingElement,
  clearEmpty: boolean,
  timeZone: string,
): ElementChange {
  const different = element.values.filter(({ field, values }) =>
    !holdsValues(field, before.values.get(field.id) ?? [], values, timeZone)
  );
  const values = different.filter((one) => clearEmpty || one.values.length > 0);
  const name = element.isNamed && element.name !== before.name ? element.name : null;
  return { id: before.id, element, before, name, values, spared: different.length - values.length };
}

function creationJob(
  session: ImportSession,
  catalog: ElementCatalog,
  items: readonly PlannedElement[],
  state: ImportState | null,
): BatchJob<PlannedElement> {
  return {
    method: "POST",
    path: elementsPath(catalog),
    collection: "elements",
    items,
    toBody: (element) => ({
      name: element.name,
      custom_fields_values: toFieldValues(sentOf(element)),
    }),
    describe: (element) => `${describeElement(element)}: ${listFields(sentOf(element))}`,
    findWritten: async (lost) => {
      const { byKey } = await readExistingElements(session.client, catalog);
      return new Map(lost.flatMap((element) => {
        const there = byKey.get(element.key);
        return there ? [[element, there.id] as const] : [];
      }));
    },
    afterBatch: async (written) => {
      await state?.add(new Map([...written].map(([element, id]) => [element.key, id])));
    },
  };
}

function changeJob(
  catalog: ElementCatalog,
  items: readonly ElementChange[],
  { describe }: ImportOptions,
): BatchJob<ElementChange> {
  return {
    method: "PATCH",
    path: elementsPath(catalog),
    collection: "elements",
    items,
    toBody: ({ id, name, values }) => ({
      id,
      ...(name === null ? {} : { name }),
      ...(values.length === 0 ? {} : { custom_fields_values: toFieldValues(values) }),
    }),
    describe,
  };
}

/** The values that a new element is created with. */
function sentOf({ values }: PlannedElement): readonly PlannedValue[] {
  return values.filter((one) => one.values.length > 0);
}

/** "custom_fields_values.2.values.0.value" means the third of the sent values. */
function toProblem(
  { line }: PlannedElement,
  sent: readonly PlannedValue[],
  { code, path }: Fault,
): FileProblem {
  const position = /^custom_fields_values\.(\d+)\b/.exec(path)?.[1];
  const name = position === undefined ? undefined : sent[Number(position)]?.field.name;
  return { line, path: name ?? path, reason: `was refused by the account: ${code} at ${path}` };
}

function elementsPath(catalog: ElementCatalog): string {
  return `/api/v4/catalogs/${catalog.id}/elements`;
}

function toFieldValues(values: readonly PlannedValue[]): object[] {
  return values.map(({ field, values: items }) => ({
    field_id: field.id,
    // Null clears a field; what an empty list does is not documented.
    values: items.length === 0 ? null : items,
  }));
}

/** Which element of the file it is; its name and key may be personal. */
function describeElement({ line }: PlannedElement): string {
  return `line ${line}`;
}

function listFields(values: readonly PlannedValue[]): string {
  return values.map(({ field }) => field.name).join(", ");
}
