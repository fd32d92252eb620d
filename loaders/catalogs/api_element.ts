import { z } from "zod";
import type { FileProblem, FileRecord, FileValue } from "./file_record.ts";
import { type Located, writtenValue } from "./located_json.ts";

const itemShape = z.object({
  field_code: z.string().nullish(),
  field_name: z.string().nullish(),
  field_id: z.int().nullish(),
  values: z.array(z.looseObject({})).nullish(),
});

/** What the API says of an element beside its name and its fields: the account gives it, no file does. */
const OWN_KEYS = [
  ...["id", "created_by", "updated_by", "created_at", "updated_at", "is_deleted", "catalog_id"],
  ...["account_id", "_links", "_embedded", "request_id", "currency_id", "price_type_id"],
  ...["invoice_link", "invoice_warning"],
];

/**
 * An element in the form that the API takes and gives: `custom_fields_values` with a field's code, name or id.
 * Names come before ids, which are those of the account that the file comes from.
 */
export function toApiItem(
  element: Readonly<Record<string, unknown>>,
  located: Located,
  path: string,
): FileRecord | FileProblem {
  const inner = path === "" ? "" : `${path}.`;
  const line = located.lines.get(path) ?? 1;
  const { custom_fields_values: fields, ...others } = element;
  const values: FileValue[] = [];
  for (const [name, given] of Object.entries(others)) {
    if (OWN_KEYS.includes(name)) continue;
    const at = inner + name;
    values.push({
      names: [name],
      path: at,
      line: located.lines.get(at) ?? line,
      given: [writtenValue(given, located, at)],
    });
  }
  if (element.is_deleted === true) {
    return { line, path, reason: "is deleted in the account it comes from: leave it out" };
  }
  const list = fields ?? [];
  const listPath = `${inner}custom_fields_values`;
  if (!Array.isArray(list)) return { line, path: listPath, reason: "is not a list" };
  for (const [i, field] of list.entries()) {
    const at = `${listPath}[${i}]`;
    const value = toValue(field, located, at, located.lines.get(at) ?? line);
    if ("reason" in value) return value;
    values.push(value);
  }
  return { line, path, values, isTable: false };
}

function toValue(
  field: unknown,
  located: Located,
  path: string,
  line: number,
): FileValue | FileProblem {
  const { data } = itemShape.safeParse(field);
  const names = [data?.field_code, data?.field_name, data?.field_id]
    .flatMap((name) => name === null || name === undefined || name === "" ? [] : [name]);
  if (!data || names.length === 0) {
    const reason =
      "is not a field with values, expected field_code, field_name or field_id, and values";
    return { line, path, reason };
  }
  const given = (data.values ?? []).map((item, i) =>
    new ApiValue({
      ...item,
      value: writtenValue(item.value, located, `${path}.values[${i}].value`),
    })
  );
  return { names, path, line, given };
}

/** One of `values` as the API has it: a value, or the choice that is meant. */
export class ApiValue {
  constructor(readonly item: Readonly<Record<string, unknown>>) {}
}
