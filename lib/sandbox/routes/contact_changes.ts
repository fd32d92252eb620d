import { z } from "zod";
import type { Contact } from "../account/contacts.ts";
import { recordFieldChange } from "../account/field_events.ts";
import { applyFieldWrite, type FieldWrite, readFieldWrites } from "../account/field_values.ts";
import { type ItemError, notSupportedChoice } from "../account/refusals.ts";
import type { World } from "../account/world.ts";
import { fieldValuesSchema, READ_ONLY_OF_VALUES, tagsSchema } from "./lead_input.ts";
import { applyTags, checkTags } from "./tag_changes.ts";
import type { ReadOnlyKeys } from "./unknown_keys.ts";
import { checkUsers } from "./user_check.ts";

export type ContactKind = "contacts" | "companies";

const time = z.int().min(0);

/** What POST and PATCH of contacts and companies take. */
export const contactSchema = z.strictObject({
  id: z.int().optional(),
  name: z.string().nullish(),
  first_name: z.string().nullish(),
  last_name: z.string().nullish(),
  responsible_user_id: z.int().nullish(),
  created_by: z.int().nullish(),
  updated_by: z.int().nullish(),
  created_at: time.nullish(),
  updated_at: time.nullish(),
  custom_fields_values: fieldValuesSchema.optional(),
  tags_to_add: tagsSchema.optional(),
  tags_to_delete: tagsSchema.optional(),
  _embedded: z.strictObject({ tags: tagsSchema.optional() }).nullish(),
});

/** What contacts and companies are read with and cannot be written with. */
export const READ_ONLY_OF_CONTACTS: ReadOnlyKeys = new Set([
  "group_id",
  "closest_task_at",
  "is_deleted",
  "account_id",
  "_embedded.leads",
  "_embedded.contacts",
  "_embedded.companies",
  "_embedded.customers",
  "_embedded.catalog_elements",
  ...READ_ONLY_OF_VALUES,
]);

export type ContactInput = z.infer<typeof contactSchema>;

/** A checked write of a known contact or, without one, of a new one. */
export interface ContactWrite {
  readonly input: ContactInput;
  readonly contact: Contact | undefined;
  readonly fieldWrites: readonly FieldWrite[];
}

/** Checks a write of a contact or company, or of a new one. */
export function checkContact(
  world: World,
  kind: ContactKind,
  input: ContactInput,
  isNew: boolean,
  errors: ItemError[],
): ContactWrite {
  const contact = isNew || input.id === undefined ? undefined : world[kind].get(input.id);
  if (!isNew && contact === undefined) errors.push(notSupportedChoice("id"));
  checkUsers(world, input, errors);
  checkTags(world, kind, input, errors);
  const fields = input.custom_fields_values ?? [];
  return { input, contact, fieldWrites: readFieldWrites(world, kind, fields, errors) };
}

/** Applies a checked write and returns the contact or company that it created or changed. */
export function saveContact(world: World, kind: ContactKind, write: ContactWrite): Contact {
  if (write.contact !== undefined) return updateContact(world, kind, write.contact, write);
  const contact = createContact(world, kind, write);
  applyTags(world, kind, contact, write.input);
  return contact;
}

function createContact(
  world: World,
  kind: ContactKind,
  { input, fieldWrites }: ContactWrite,
): Contact {
  const now = world.clock.seconds();
  const contact: Contact = {
    id: world.nextId(kind === "contacts" ? "contact" : "company"),
    ...namesOf(input),
    responsibleUserId: input.responsible_user_id ?? world.account.userId,
    createdBy: input.created_by ?? 0,
    updatedBy: input.updated_by ?? input.created_by ?? 0,
    createdAt: input.created_at ?? now,
    updatedAt: world.switches.honoursUpdatedAt ? input.updated_at ?? now : now,
    fieldValues: new Map(),
    tagIds: [],
    companyId: null,
    elements: [],
  };
  for (const fieldWrite of fieldWrites) applyFieldWrite(contact.fieldValues, fieldWrite);
  world[kind].set(contact.id, contact);
  const after = [{ note: { id: world.nextId("note") } }];
  const entity = eventEntity(kind, contact);
  world.events.record({ type: `${entity.entityType}_added`, ...entity, after });
  return contact;
}

/** A whole name wins; parts make one up, and a part that is not sent stays. */
function namesOf(
  input: ContactInput,
  before: Pick<Contact, "name" | "firstName" | "lastName"> = {
    name: "",
    firstName: "",
    lastName: "",
  },
): Pick<Contact, "name" | "firstName" | "lastName"> {
  const firstName = input.first_name ?? before.firstName;
  const lastName = input.last_name ?? before.lastName;
  const isPartSent = typeof input.first_name === "string" || typeof input.last_name === "string";
  const composed = isPartSent ? [firstName, lastName].filter(Boolean).join(" ") : before.name;
  return { name: input.name ?? composed, firstName, lastName };
}

function eventEntity(kind: ContactKind, contact: Contact) {
  const entityType = kind === "contacts" ? "contact" : "company";
  return { entityId: contact.id, entityType, createdBy: contact.updatedBy };
}

function updateContact(
  world: World,
  kind: ContactKind,
  contact: Contact,
  { input, fieldWrites }: ContactWrite,
): Contact {
  const now = world.clock.seconds();
  contact.updatedBy = input.updated_by ?? 0;
  const entity = eventEntity(kind, contact);
  rename(world, contact, input, entity);
  reassign(world, contact, input.responsible_user_id ?? contact.responsibleUserId, entity);
  if (typeof input.created_by === "number") contact.createdBy = input.created_by;
  for (const fieldWrite of fieldWrites) {
    const before = contact.fieldValues.get(fieldWrite.field.id) ?? [];
    if (applyFieldWrite(contact.fieldValues, fieldWrite)) {
      recordFieldChange(world, entity, fieldWrite.field, before, fieldWrite.values);
    }
  }
  applyTags(world, kind, contact, input);
  contact.updatedAt = world.switches.honoursUpdatedAt ? input.updated_at ?? now : now;
  return contact;
}

type EventEntity = ReturnType<typeof eventEntity>;

function rename(world: World, contact: Contact, input: ContactInput, entity: EventEntity): void {
  const before = contact.name;
  Object.assign(contact, namesOf(input, contact));
  if (contact.name === before) return;
  world.events.record({
    type: "name_field_changed",
    ...entity,
    before: [{ name_field_value: { name: before } }],
    after: [{ name_field_value: { name: contact.name } }],
  });
}

function reassign(world: World, contact: Contact, userId: number, entity: EventEntity): void {
  if (userId === contact.responsibleUserId) return;
  world.events.record({
    type: "entity_responsible_changed",
    ...entity,
    before: [{ responsible_user: { id: contact.responsibleUserId } }],
    after: [{ responsible_user: { id: userId } }],
  });
  contact.responsibleUserId = userId;
}
