import { z } from "zod";
import type { AmoClient } from "../../lib/amocrm/client.ts";
import { scanElements } from "../../lib/amocrm/element_scan.ts";
import { AmoError } from "../../lib/amocrm/answers.ts";
import { lookupKey } from "../../lib/landing/records/lookup_key.ts";
import type { ElementCatalog } from "./element_catalog.ts";

/** An element as the account has it. */
export interface ExistingElement {
  readonly id: number;
  readonly name: string;
  /** By field id, as they came. */
  readonly values: ReadonlyMap<number, readonly unknown[]>;
}

/** The living elements of a catalog by what they are known by. */
export interface ExistingElements {
  readonly byKey: ReadonlyMap<string, ExistingElement>;
  /** How many elements share their key with one of a lower id, which stands for them. */
  readonly twins: number;
}

const elementShape = z.object({
  id: z.int(),
  name: z.string().nullish().transform((name) => name ?? ""),
  is_deleted: z.boolean().nullish(),
  custom_fields_values: z.array(z.object({ field_id: z.int(), values: z.array(z.unknown()) }))
    .nullish(),
});

/** Reads all elements of a catalog. Throws `AmoError` for a shape that is not known. */
export async function readExistingElements(
  client: AmoClient,
  catalog: ElementCatalog,
): Promise<ExistingElements> {
  const elements = new Map<number, ExistingElement>();
  await scanElements(client, catalog.id, (entries) => {
    for (const entry of entries) {
      const element = toElement(entry, catalog);
      if (element) elements.set(element.id, element);
    }
    return Promise.resolve();
  });
  const byKey = new Map<string, ExistingElement>();
  let twins = 0;
  for (const element of [...elements.values()].sort((a, b) => a.id - b.id)) {
    const key = keyOf(element, catalog);
    if (key === "") continue;
    if (byKey.has(key)) twins++;
    else byKey.set(key, element);
  }
  return { byKey, twins };
}

/** Reads one element; null when it is not there (any more). */
export async function readElement(
  client: AmoClient,
  catalog: ElementCatalog,
  id: number,
): Promise<ExistingElement | null> {
  try {
    const { body } = await client.get(`/api/v4/catalogs/${catalog.id}/elements/${id}`, {});
    return body === null ? null : toElement(body, catalog);
  } catch (error) {
    if (error instanceof AmoError && error.status === 404) return null;
    throw error;
  }
}

function toElement(entry: unknown, catalog: ElementCatalog): ExistingElement | null {
  const parsed = elementShape.safeParse(entry);
  if (!parsed.success) {
    throw new AmoError(
      `Cannot read the catalog "${catalog.name}": an element has no id or no list of values, ` +
        "expected both: check AMO_BASE_URL",
      200,
    );
  }
  const { id, name, is_deleted: isDeleted, custom_fields_values: fields } = parsed.data;
  if (isDeleted) return null;
  return { id, name, values: new Map(fields?.map((one) => [one.field_id, one.values])) };
}

function keyOf(element: ExistingElement, { keyField }: ElementCatalog): string {
  if (!keyField) return lookupKey(element.name);
  const [item] = element.values.get(keyField.id) ?? [];
  const isValue = typeof item === "object" && item !== null && "value" in item;
  return lookupKey(isValue ? String(item.value ?? "") : "");
}
