import { findFields, foldName } from "../../lib/amocrm/field_match.ts";
import type { FieldOverrides } from "../../lib/amocrm/fields.ts";
import { WANTED_FIELDS } from "../../lib/amocrm/wanted_fields.ts";
import { ConfigError } from "../../lib/config.ts";
import { UID_FIELD_NAME } from "./uid_field.ts";
import type { FieldDefinition } from "./field_definitions.ts";
import type { FieldUsage, ValuesByLead } from "./field_usage.ts";

/** What is to become of a field of leads. */
export interface FieldDecision {
  readonly field: FieldDefinition;
  readonly values: ValuesByLead;
  /** "keep": the pipeline reads it; "skip": the account does not let go of it; "delete": nothing needs it. */
  readonly action: "keep" | "skip" | "delete";
  /** Beyond the action, for the table. */
  readonly note: string;
}

/**
 * Decides about every field of leads: of each name that the pipeline reads exactly one is kept, namely the
 * one that most leads use, and of those with as many the one with the lowest id.
 *
 * Throws `ConfigError` when one of them is missing: it may be there under a name that nobody has told, and
 * would be deleted as needless.
 */
export function decideFields(
  fields: readonly FieldDefinition[],
  usage: FieldUsage,
  overrides: FieldOverrides,
): FieldDecision[] {
  const kept = chooseKept(fields, usage, overrides);
  return fields.map((field) => {
    const values = usage.get(field.id) ?? new Map();
    const note = kept.get(field);
    if (note !== undefined) return { field, values, action: "keep", note };
    return { field, values, ...decideOther(field, kept) };
  });
}

function decideOther(
  field: FieldDefinition,
  kept: ReadonlyMap<FieldDefinition, string>,
): Pick<FieldDecision, "action" | "note"> {
  if (!field.isDeletable) return { action: "skip", note: "the account does not let go of it" };
  if (foldName(field.name) === foldName(UID_FIELD_NAME)) {
    return { action: "keep", note: "calendar imports find their leads by it" };
  }
  const twin = [...kept.keys()].find(({ name }) => foldName(name) === foldName(field.name));
  return { action: "delete", note: twin ? `duplicate of ${twin.id}` : "" };
}

/** The fields that stay, with what is to be said of the choice. */
function chooseKept(
  fields: readonly FieldDefinition[],
  usage: FieldUsage,
  overrides: FieldOverrides,
): ReadonlyMap<FieldDefinition, string> {
  const kept = new Map<FieldDefinition, string>();
  const missing: string[] = [];
  for (const [column, wanted] of Object.entries(WANTED_FIELDS.leads)) {
    const ids = findFields(fields, wanted, overrides[column]).map(({ id }) => id);
    const candidates = fields.filter(({ id }) => ids.includes(id));
    const leadsOf = ({ id }: FieldDefinition) => usage.get(id)?.size ?? 0;
    const [chosen, ...others] = candidates.sort((a, b) => leadsOf(b) - leadsOf(a) || a.id - b.id);
    if (!chosen) missing.push(String(overrides[column] ?? wanted.label));
    else kept.set(chosen, others.length === 0 ? "" : describeChoice(chosen, others, leadsOf));
  }
  if (missing.length === 0) return kept;
  throw new ConfigError(
    `Cannot clean the fields of leads: ${
      missing.map((name) => `"${name}"`).join(", ")
    } not found, ` +
      "expected everything that the pipeline reads: create it with deno task helper_fields --yes, or " +
      "name the account's own field in AMO_FIELD_MAP",
  );
}

function describeChoice(
  chosen: FieldDefinition,
  others: readonly FieldDefinition[],
  leadsOf: (field: FieldDefinition) => number,
): string {
  const isMostUsed = others.every((other) => leadsOf(other) < leadsOf(chosen));
  const why = isMostUsed ? "used by most leads" : "the lowest id";
  return `${why} of ${others.length + 1} of this name`;
}
