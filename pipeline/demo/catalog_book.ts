import type { BatchJob, BatchOutcome } from "../../lib/amocrm/batch_writer.ts";
import { readCustomFields } from "../../lib/amocrm/fields.ts";
import type { CustomField } from "../../lib/amocrm/field_match.ts";
import type { LeadTools } from "../../loaders/rentals/existing_leads.ts";

/** Values of an element by the names that its catalog gives its fields; a date is one of seconds. */
export type ElementValues = Readonly<Record<string, string | number>>;

/** A catalog of the demo's account, whose elements people write by hand. */
export interface CatalogBook {
  /** Creates fields for dates. */
  addDates(names: readonly string[]): Promise<void>;
  /** Creates elements with these names and values, and returns their ids in the same order. */
  add(
    elements: readonly { readonly name: string; readonly values: ElementValues }[],
  ): Promise<number[]>;
  /** Writes some values of an element, the others stay. */
  change(id: number, values: ElementValues): Promise<void>;
}

/** Opens a catalog by its id. */
export function openCatalogBook({ client, writer }: LeadTools, catalogId: number): CatalogBook {
  const path = `/api/v4/catalogs/${catalogId}`;
  let known: Promise<readonly CustomField[]> | null = null;
  const toValues = async (values: ElementValues) => {
    const fields = await (known ??= readCustomFields(client, path));
    return Object.entries(values).map(([name, value]) => {
      const field = fields.find((one) => one.name.toLowerCase() === name);
      if (!field) {
        throw new Error(
          `Cannot go on with the demo: catalog ${catalogId} has no field "${name}", expected one`,
        );
      }
      const isText = field.type !== "date" && field.type !== "date_time";
      return { field_id: field.id, values: [{ value: isText ? String(value) : value }] };
    });
  };
  const write = async (
    method: "POST" | "PATCH",
    collection: "elements" | "custom_fields",
    items: readonly object[],
  ) => {
    const job: BatchJob<object> = {
      method,
      path: `${path}/${collection}`,
      collection,
      items,
      toBody: (item) => item,
      describe: () => collection,
    };
    return requireAll(await writer.writeAll(collection, job));
  };
  return {
    async addDates(names) {
      await write("POST", "custom_fields", names.map((name) => ({ name, type: "date" })));
    },
    async add(elements) {
      const items = await Promise.all(
        elements.map(async ({ name, values }) => ({
          name,
          custom_fields_values: await toValues(values),
        })),
      );
      const { written } = await write("POST", "elements", items);
      return items.map((item) => written.get(item) ?? 0);
    },
    async change(id, values) {
      await write("PATCH", "elements", [{ id, custom_fields_values: await toValues(values) }]);
    },
  };
}

/** The demo's own account takes everything; one that does not is a bug. */
export function requireAll<Item>(outcome: BatchOutcome<Item>): BatchOutcome<Item> {
  if (outcome.refused.length === 0) return outcome;
  throw new Error(
    `Cannot go on with the demo: the account refused ${outcome.refused.length} changes, expected none`,
  );
}
