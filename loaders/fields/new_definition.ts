import type { SavedDefinition } from "./field_backup.ts";

/**
 * What POST takes for a field of leads beside its name, type and choices. A definition that is read has more, such
 * as `hidden_statuses` and `settings`: the account refuses the whole field for them.
 */
const DETAILS = ["code", "sort", "is_api_only", "group_id", "required_statuses"];

/** What it takes for fields of one type alone. */
const DETAIL_OF_TYPE: Readonly<Record<string, string>> = {
  monetary: "currency",
  birthday: "remind",
  chained_list: "chained_lists",
  tracking_data: "tracking_callback",
  linked_entity: "search_in",
};

/** The body that creates a saved field anew. */
export function toNewDefinition(definition: SavedDefinition): object {
  const names = [...DETAILS, DETAIL_OF_TYPE[definition.type] ?? ""];
  const details = names.map((name) => [name, definition[name]] as const)
    .filter(([, value]) => value !== null && value !== undefined && !isEmptyList(value));
  return { ...toBareDefinition(definition), ...Object.fromEntries(details) };
}

/** The same without what may have gone since: groups, stages in which it was required, a code given anew. */
export function toBareDefinition({ name, type, enums }: SavedDefinition): object {
  const choices = toNewEnums(enums);
  return { name, type, ...(choices.length === 0 ? {} : { enums: choices }) };
}

/** Choices without their ids, which are given anew. */
function toNewEnums(enums: unknown): object[] {
  const choices: unknown[] = typeof enums === "object" && enums !== null
    ? Object.values(enums)
    : [];
  return choices.flatMap((choice) => {
    if (typeof choice !== "object" || choice === null || !("value" in choice)) return [];
    const { value } = choice;
    const sort = "sort" in choice && typeof choice.sort === "number" ? { sort: choice.sort } : {};
    const code = "code" in choice && typeof choice.code === "string" ? { code: choice.code } : {};
    return [{ value, ...sort, ...code }];
  });
}

function isEmptyList(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}
