import { createHash } from "node:crypto";
import { AmoError } from "../../lib/amocrm/answers.ts";
import { type CustomField, foldName } from "../../lib/amocrm/field_match.ts";
import { readCustomFields } from "../../lib/amocrm/fields.ts";
import { createAll } from "../account/creation.ts";
import type { LoaderSession } from "../account/loader_command.ts";

/**
 * The lead field in which a calendar import keeps the UID of the event, so that the next import finds the lead.
 *
 * A field, because people rename leads and re-tag them, and because a file of ours would be lost with the machine.
 * It can be changed through the API only. Only accounts with imported calendars have it; the cleaner keeps it.
 */
export const UID_FIELD_NAME = "Calendar UID";

const PATH = "/api/v4/leads";

/** Makes sure that the field is there; returns its id, negative when nothing is really written. */
export async function ensureUidField(
  { client, writer }: Pick<LoaderSession, "client" | "writer">,
): Promise<number> {
  const find = async () => findUidField(await readCustomFields(client, PATH));
  const found = await find();
  if (found) return requireText(found).id;
  const [line] = await createAll(writer, {
    kind: "field of leads",
    what: "fields of leads",
    path: `${PATH}/custom_fields`,
    collection: "custom_fields",
    toBody: ({ name }) => ({ name, type: "text", is_api_only: true }),
    findWritten: async (items) => {
      const created = await find();
      return new Map(created ? items.map((item) => [item, created.id]) : []);
    },
  }, [{ name: UID_FIELD_NAME }]);
  if (line && line.id !== null) return line.id;
  throw new AmoError(
    `Cannot create the field "${UID_FIELD_NAME}" of leads: it ${line?.warning}, expected to be taken: ` +
      "check the rights of the token's user",
    400,
  );
}

/** Accounts refuse a written text that is longer. */
const LONGEST_TEXT = 256;

/** A UID as the field keeps it: of one that is too long its beginning and a digest of the whole. */
export function toStoredUid(uid: string): string {
  if (uid.length <= LONGEST_TEXT) return uid;
  const digest = createHash("sha256").update(uid).digest("hex");
  return `${uid.slice(0, LONGEST_TEXT - digest.length - 1).toWellFormed()}~${digest}`;
}

/** The UID, as it is kept, that a lead was imported by; null for any other lead. */
export function uidOf(
  { record }: { readonly record: Readonly<Record<string, unknown>> },
  fieldId: number,
): string | null {
  const fields = entriesOf(record, "custom_fields_values");
  const field = fields.find((one) => isObject(one) && one.field_id === fieldId);
  const [item] = entriesOf(field, "values");
  const uid = isObject(item) ? item.value : null;
  return typeof uid === "string" && uid !== "" ? toStoredUid(uid) : null;
}

function findUidField(fields: readonly CustomField[]): CustomField | null {
  return fields.filter(({ name }) => foldName(name) === foldName(UID_FIELD_NAME))
    .sort((a, b) => a.id - b.id)[0] ?? null;
}

function requireText(field: CustomField): CustomField {
  if (field.type === "text") return field;
  throw new AmoError(
    `Cannot keep UIDs in the field "${field.name}" (${field.id}): it is of type ${field.type}, ` +
      "expected text: rename it, so that another one can be made",
    null,
  );
}

function entriesOf(value: unknown, key: string): readonly unknown[] {
  const list = isObject(value) ? value[key] : null;
  return Array.isArray(list) ? list : [];
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
