import { z } from "zod";
import type { FieldOwner } from "../account/custom_fields.ts";
import type { FieldDetails } from "../account/field_details.ts";
import { fieldNotExpected, type ItemError, notSupportedChoice } from "../account/refusals.ts";
import type { World } from "../account/world.ts";

const detailsSchema = z.strictObject({
  required_statuses: z.array(z.strictObject({ status_id: z.int(), pipeline_id: z.int() })),
  is_visible: z.boolean(),
  is_required: z.boolean(),
  currency: z.string().min(1),
  remind: z.string().nullable(),
  chained_lists: z.array(z.looseObject({})).nullable(),
  tracking_callback: z.string().nullable(),
  search_in: z.string().nullable(),
  nested: z.array(z.strictObject({
    id: z.int().optional(),
    parent_id: z.int().nullish(),
    value: z.string(),
    sort: z.int().optional(),
    request_id: z.string().nullish(),
    parent_request_id: z.string().nullish(),
  })).nullable(),
}).partial();

/** What POST and PATCH of fields take; `checkFieldKeys` says which of it which field takes. */
export const fieldSchema = detailsSchema.extend({
  id: z.int().optional(),
  name: z.string().min(1).optional(),
  type: z.string().optional(),
  code: z.string().nullish(),
  sort: z.int().nullish(),
  is_api_only: z.boolean().nullish(),
  is_deletable: z.boolean().optional(),
  group_id: z.string().nullish(),
  enums: z.array(z.strictObject({
    id: z.int().optional(),
    value: z.string(),
    sort: z.int().optional(),
    code: z.string().nullish(),
  })).nullish(),
});

export type FieldInput = z.infer<typeof fieldSchema>;

// As the official client sends them. Two that fields are read with nobody sends: hidden_statuses and settings.
const KEYS_OF_ENTITIES = ["required_statuses", "is_api_only"] as const;
const KEYS_OF_CATALOGS = ["is_visible", "is_required", "is_deletable"] as const;
const TYPE_OF_KEY = {
  currency: "monetary",
  remind: "birthday",
  chained_lists: "chained_list",
  tracking_callback: "tracking_data",
  search_in: "linked_entity",
  nested: "category",
} as const;

/** Adds an error for each key that a field of this owner and type does not take. */
export function checkFieldKeys(
  world: World,
  owner: FieldOwner,
  type: string,
  input: FieldInput,
  errors: ItemError[],
): void {
  checkStages(world, input, errors);
  if (world.switches.unknownKeys === "ignored") return;
  const foreign: readonly (keyof FieldInput)[] = owner.startsWith("catalogs/")
    ? KEYS_OF_ENTITIES
    : KEYS_OF_CATALOGS;
  for (const key of foreign) {
    if (input[key] !== undefined) errors.push(fieldNotExpected(key));
  }
  for (const key of keysOf(TYPE_OF_KEY)) {
    if (input[key] !== undefined && TYPE_OF_KEY[key] !== type) errors.push(fieldNotExpected(key));
  }
}

function keysOf<Key extends string>(object: Readonly<Record<Key, unknown>>): Key[] {
  return Object.keys(object).filter((key): key is Key => key in object);
}

function checkStages(world: World, input: FieldInput, errors: ItemError[]): void {
  input.required_statuses?.forEach(({ pipeline_id, status_id }, index) => {
    const pipeline = world.pipelines.get(pipeline_id);
    const isThere = pipeline?.statuses.some(({ id }) => id === status_id) ?? false;
    if (!isThere) errors.push(notSupportedChoice(`required_statuses.${index}.status_id`));
  });
}

/** The sent details over those that are there. */
export function mergeDetails(details: FieldDetails, input: FieldInput): FieldDetails {
  return {
    required_statuses: input.required_statuses ?? details.required_statuses,
    is_visible: input.is_visible ?? details.is_visible,
    is_required: input.is_required ?? details.is_required,
    currency: input.currency ?? details.currency,
    remind: input.remind === undefined ? details.remind : input.remind,
    chained_lists: input.chained_lists ?? details.chained_lists,
    tracking_callback: input.tracking_callback === undefined
      ? details.tracking_callback
      : input.tracking_callback,
    search_in: input.search_in === undefined ? details.search_in : input.search_in,
    nested: input.nested ?? details.nested,
  };
}
