import { z } from "zod";
import { AmoError } from "../../lib/amocrm/answers.ts";
import type { AmoClient } from "../../lib/amocrm/client.ts";
import type { CustomField } from "../../lib/amocrm/field_match.ts";
import { listOf } from "../../lib/amocrm/pages.ts";

/** A custom field with all that the account says of it. */
export interface FieldDefinition extends CustomField {
  /** Choices of a select field; null for other types. */
  readonly enums: readonly { readonly id: number; readonly value: string }[] | null;
  /** False for what the account itself needs; also when it says nothing of it. */
  readonly isDeletable: boolean;
  /** The definition as it came, for backups. */
  readonly raw: Readonly<Record<string, unknown>>;
}

const choiceShape = z.looseObject({ id: z.int(), value: z.string() });
const definitionShape = z.looseObject({
  id: z.int(),
  name: z.string(),
  type: z.string(),
  code: z.string().nullish(),
  // A list, or an object with numbers as its keys after some bulk changes.
  enums: z.union([z.array(choiceShape), z.record(z.string(), choiceShape)]).nullish(),
  is_deletable: z.boolean().nullish(),
  is_predefined: z.boolean().nullish(),
});

/** Reads the definitions of all fields below `path`, e.g. "/api/v4/leads", in order of their ids. */
export async function readFieldDefinitions(
  client: AmoClient,
  path: string,
): Promise<FieldDefinition[]> {
  const route = `${path}/custom_fields`;
  const fields: FieldDefinition[] = [];
  for await (const page of client.pages(route, { limit: 250 })) {
    for (const entry of listOf(page, "custom_fields")) fields.push(toDefinition(entry, route));
  }
  return fields.sort((a, b) => a.id - b.id);
}

function toDefinition(entry: unknown, route: string): FieldDefinition {
  const parsed = definitionShape.safeParse(entry);
  if (!parsed.success) {
    throw new AmoError(
      `Cannot read ${route}: a field has no id, name or type, expected all: check AMO_BASE_URL`,
      200,
    );
  }
  const { id, name, type, code, enums } = parsed.data;
  return {
    id,
    name,
    type,
    code: code ?? null,
    enums: enums ? Object.values(enums) : null,
    isDeletable: parsed.data.is_deletable === true && parsed.data.is_predefined !== true,
    raw: parsed.data,
  };
}
