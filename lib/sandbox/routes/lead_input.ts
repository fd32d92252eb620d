import { z } from "zod";
import { type FieldValueInput, type FieldWrite, readFieldWrites } from "../account/field_values.ts";
import type { Lead } from "../account/leads.ts";
import { firstOrdinaryStatus, LOST, mainPipeline, type Pipeline } from "../account/pipelines.ts";
import { type ItemError, notSupportedChoice } from "../account/refusals.ts";
import type { World } from "../account/world.ts";
import { checkTags } from "./tag_changes.ts";
import type { ReadOnlyKeys } from "./unknown_keys.ts";
import { checkUsers } from "./user_check.ts";

const time = z.int().min(0);

/** `custom_fields_values` of a write; its values are checked against the field's type later. */
export const fieldValuesSchema: z.ZodType<readonly FieldValueInput[] | null> = z.array(
  z.strictObject({
    field_id: z.int().nullish(),
    field_code: z.string().nullish(),
    values: z.array(z.record(z.string(), z.unknown())).nullish(),
  }),
).nullable();

/** Which tags a write names. */
export const tagsSchema = z.array(z.strictObject({
  id: z.int().nullish(),
  name: z.string().nullish(),
  color: z.string().nullish(),
})).nullable();

/** Somebody who is linked when a lead is created. */
const linkedSchema = z.array(z.strictObject({
  id: z.int().optional(),
  is_main: z.boolean().optional(),
}));

/** Where a new lead came from. */
export const sourceSchema = z.strictObject({
  id: z.int().optional(),
  type: z.string().nullish(),
  external_id: z.string().nullish(),
});

/** The keys of `custom_fields_values` that are only read. */
export const READ_ONLY_OF_VALUES: readonly string[] = ["field_name", "field_type", "is_computed"]
  .map((key) => `custom_fields_values.*.${key}`);

/** What leads are read with and cannot be written with. Not the minor units: taking them would lose money. */
export const READ_ONLY_OF_LEADS: ReadOnlyKeys = new Set([
  "id",
  "group_id",
  "source_id",
  "closest_task_at",
  "is_deleted",
  "score",
  "account_id",
  "labor_cost",
  "is_price_computed",
  "is_price_modified_by_robot",
  "_embedded.catalog_elements",
  "_embedded.loss_reason",
  ...READ_ONLY_OF_VALUES,
]);

/** What POST and PATCH of leads take. */
export const leadSchema = z.strictObject({
  name: z.string().nullish(),
  price: z.number().min(0).nullish(),
  status_id: z.int().nullish(),
  pipeline_id: z.int().nullish(),
  responsible_user_id: z.int().nullish(),
  loss_reason_id: z.int().nullish(),
  created_by: z.int().nullish(),
  updated_by: z.int().nullish(),
  created_at: time.nullish(),
  updated_at: time.nullish(),
  closed_at: time.nullish(),
  custom_fields_values: fieldValuesSchema.optional(),
  tags_to_add: tagsSchema.optional(),
  tags_to_delete: tagsSchema.optional(),
  visitor_uid: z.string().nullish(),
  _embedded: z.strictObject({
    tags: tagsSchema.optional(),
    contacts: linkedSchema.nullish(),
    companies: linkedSchema.nullish(),
    source: sourceSchema.nullish(),
  }).nullish(),
});

export type LeadInput = z.infer<typeof leadSchema>;

/** A write that has been checked against the account. */
export interface LeadWrite {
  readonly input: LeadInput;
  /** Undefined: the lead stays where it is. */
  readonly stage: { readonly pipelineId: number; readonly statusId: number } | undefined;
  readonly fieldWrites: readonly FieldWrite[];
}

/** Checks a write of `lead`, or of a new one. */
export function checkLeadWrite(
  world: World,
  input: LeadInput,
  lead: Lead | undefined,
  errors: ItemError[],
): LeadWrite {
  const stage = readStage(world, input, lead, errors);
  const statusId = stage?.statusId ?? lead?.statusId;
  const reason = input.loss_reason_id ?? null;
  if (reason !== null && (statusId !== LOST || !world.lossReasons.has(reason))) {
    errors.push(notSupportedChoice("loss_reason_id"));
  }
  checkUsers(world, input, errors);
  checkLinked(world, input, errors);
  checkTags(world, "leads", input, errors);
  const fields = input.custom_fields_values ?? [];
  return { input, stage, fieldWrites: readFieldWrites(world, "leads", fields, errors) };
}

function readStage(
  world: World,
  input: LeadInput,
  lead: Lead | undefined,
  errors: ItemError[],
): LeadWrite["stage"] {
  const statusId = input.status_id ?? undefined;
  const pipelineId = input.pipeline_id ?? undefined;
  if (statusId === undefined && pipelineId === undefined && lead !== undefined) return undefined;
  const pipeline = pipelineId === undefined
    ? pipelineFor(world, statusId, lead)
    : world.pipelines.get(pipelineId);
  if (pipeline === undefined) {
    errors.push(notSupportedChoice(pipelineId === undefined ? "status_id" : "pipeline_id"));
    return undefined;
  }
  const status = statusId === undefined
    ? firstOrdinaryStatus(pipeline)
    : pipeline.statuses.find(({ id, type }) => id === statusId && type === 0);
  if (status === undefined) {
    errors.push(notSupportedChoice("status_id"));
    return undefined;
  }
  return { pipelineId: pipeline.id, statusId: status.id };
}

/** Without a pipeline, a lead keeps its own; a new one follows its status, else the main pipeline. */
function pipelineFor(
  world: World,
  statusId: number | undefined,
  lead: Lead | undefined,
): Pipeline | undefined {
  if (lead !== undefined) return world.pipelines.get(lead.pipelineId);
  const main = mainPipeline(world);
  if (statusId === undefined) return main;
  const hasStatus = (pipeline: Pipeline) => pipeline.statuses.some(({ id }) => id === statusId);
  if (main !== undefined && hasStatus(main)) return main;
  return [...world.pipelines.values()].find(hasStatus);
}

function checkLinked(world: World, input: LeadInput, errors: ItemError[]): void {
  for (const kind of ["contacts", "companies"] as const) {
    input._embedded?.[kind]?.forEach((linked, index) => {
      if (linked.id !== undefined && world[kind].get(linked.id) === undefined) {
        errors.push(notSupportedChoice(`_embedded.${kind}.${index}.id`));
      }
    });
  }
}
