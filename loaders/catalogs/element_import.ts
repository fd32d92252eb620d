import type { BatchJob } from "../../lib/amocrm/batch_writer.ts";
import type { Fault } from "../../lib/amocrm/validation.ts";
import type { FileProblem } from "./element_file.ts";
import type { ElementCatalog } from "./element_catalog.ts";
import type { PlannedElement, PlannedValue } from "./element_check.ts";
import {
  type ExistingElement,
  type ExistingElements,
  readElement,
  readExistingElements,
} from "./existing_elements.ts";
import { holdsValue } from "./field_value.ts";
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
  readonly name: string | null;
  readonly values: readonly PlannedValue[];
}

/** What became of the elements of a file. */
export interface ImportResult {
  readonly created: number;
  readonly changed: number;
  readonly unchanged: number;
  /** What the account did not take, by the fields of the file. */
  readonly refused: readonly FileProblem[];
}

/**
 * Brings the elements of a catalog up to a file: creates those whose key is not there, changes the values
 * that differ, leaves everything else alone. Repeating it, also after an interruption, changes nothing more.
 */
export async function importElements(
  session: ImportSession,
  catalog: ElementCatalog,
  elements: readonly PlannedElement[],
  state: ImportState | null,
): Promise<ImportResult> {
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
    return there ? [toChange(element, there, session.account.timeZone)] : [];
  });
  const toChangeNow = changes.filter(({ name, values }) => name !== null || values.length > 0);
  const creation = await session.writer.writeAll(
    catalog.name,
    creationJob(session, catalog, elements.filter((element) => !found.has(element)), state),
  );
  const change = await session.writer.writeAll(catalog.name, changeJob(catalog, toChangeNow));
  return {
    created: creation.written.size,
    changed: change.written.size,
    unchanged: changes.length - toChangeNow.length,
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
  there: ExistingElement,
  timeZone: string,
): ElementChange {
  const values = element.values.filter(({ field, value }) =>
    !holdsValue(field, there.values.get(field.id) ?? [], value, timeZone)
  );
  const name = element.isNamed && element.name !== there.name ? element.name : null;
  return { id: there.id, element, name, values };
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
    describe: (element) => `${describeElement(element)}: ${listFields(element.values)}`,
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
    describe: ({ id, element, name, values }) =>
      `${describeElement(element)}, element ${id}: ` +
      [...(name === null ? [] : ["name"]), listFields(values)].filter((text) => text).join(", "),
  };
}

/** The values that a new element is created with. */
function sentOf({ values }: PlannedElement): readonly PlannedValue[] {
  return values.filter(({ value }) => value !== null);
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
  return values.map(({ field, value }) => ({
    field_id: field.id,
    // Null clears a field; what an empty list does is not documented.
    values: value === null ? null : [value],
  }));
}

/** Which element of the file it is; its name and key may be personal. */
function describeElement({ line }: PlannedElement): string {
  return `line ${line}`;
}

function listFields(values: readonly PlannedValue[]): string {
  return values.map(({ field }) => field.name).join(", ");
}
