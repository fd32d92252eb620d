import type { Hono } from "hono";
import { z } from "zod";
import type { Contact } from "../account/contacts.ts";
import {
  applyFieldWrite,
  type FieldWrite,
  readFieldWrites,
  renderFieldValues,
} from "../account/field_values.ts";
import { type Place, selfLink } from "../account/links.ts";
import { type ItemError, notSupportedChoice } from "../account/refusals.ts";
import type { World } from "../account/world.ts";
import { asItem, asList, batchResponse, type BatchWrite, readJson, writeBatch } from "./batch.ts";
import { at, integers, isWithin, parseBrackets, range } from "./bracket_query.ts";
import { fieldValuesSchema } from "./lead_input.ts";
import { listResponse, placeOf, readPage } from "./paging.ts";
import { hal, noContent } from "./problems.ts";
export type ContactKind = "contacts" | "companies";

/** What POST and PATCH of contacts and companies take. */
export const contactSchema = z.strictObject({
  id: z.int().optional(),
  name: z.string().nullish(),
  first_name: z.string().nullish(),
  last_name: z.string().nullish(),
  created_at: z.int().nullish(),
  custom_fields_values: fieldValuesSchema.optional(),
});

export type ContactInput = z.infer<typeof contactSchema>;

/** A checked write of a known contact or, without one, of a new one. */
export interface ContactWrite {
  readonly input: ContactInput;
  readonly contact: Contact | undefined;
  readonly fieldWrites: readonly FieldWrite[];
}

/** Lists, look-ups and writes of contacts and companies. */
export function addContactRoutes(app: Hono, world: World, kind: ContactKind): void {
  app.get(`/api/v4/${kind}`, (context) => {
    const url = new URL(context.req.url);
    const options = { page: readPage(url), switches: world.switches };
    const rows = selectContacts(world, kind, url);
    const render = (contact: Contact, place: Place) => renderContact(world, kind, contact, place);
    return listResponse(context, kind, rows, render, options);
  });
  app.get(`/api/v4/${kind}/:id{[0-9]+}`, (context) => {
    const contact = world[kind].get(Number(context.req.param("id")));
    if (contact === undefined) return noContent();
    return hal(renderContact(world, kind, contact, placeOf(context)));
  });
  app.post(`/api/v4/${kind}`, async (context) => {
    const items = asList(await readJson(context));
    const write = contactBatch(world, kind, placeOf(context), true);
    return batchResponse(context, kind, writeBatch(world, items, write));
  });
  app.patch(`/api/v4/${kind}`, async (context) => {
    const items = asList(await readJson(context));
    const write = contactBatch(world, kind, placeOf(context), false);
    return batchResponse(context, kind, writeBatch(world, items, write));
  });
  app.patch(`/api/v4/${kind}/:id{[0-9]+}`, async (context) => {
    const item = asItem(await readJson(context), Number(context.req.param("id")));
    const write = contactBatch(world, kind, placeOf(context), false);
    return hal(writeBatch(world, [item], write).written[0]);
  });
}

function contactBatch(
  world: World,
  kind: ContactKind,
  place: Place,
  isNew: boolean,
): BatchWrite<ContactInput, ContactWrite> {
  return {
    schema: contactSchema,
    numbersItems: isNew,
    check: (input, errors) => checkContact(world, kind, input, isNew, errors),
    apply(write) {
      const contact = saveContact(world, kind, write);
      const links = { _links: selfLink(place, `${kind}/${contact.id}`) };
      return isNew
        ? { id: contact.id, ...links }
        : { id: contact.id, name: contact.name, updated_at: contact.updatedAt, ...links };
    },
  };
}

function checkContact(
  world: World,
  kind: ContactKind,
  input: ContactInput,
  isNew: boolean,
  errors: ItemError[],
): ContactWrite {
  const contact = isNew || input.id === undefined ? undefined : world[kind].get(input.id);
  if (!isNew && contact === undefined) errors.push(notSupportedChoice("id"));
  const fields = input.custom_fields_values ?? [];
  return { input, contact, fieldWrites: readFieldWrites(world, kind, fields, errors) };
}

/** Applies a checked write and returns the contact or company that it created or changed. */
export function saveContact(world: World, kind: ContactKind, write: ContactWrite): Contact {
  const contact = write.contact ?? createContact(world, kind, write.input);
  applyContact(world, contact, write);
  return contact;
}

function createContact(world: World, kind: ContactKind, input: ContactInput): Contact {
  const now = world.clock.seconds();
  const contact: Contact = {
    id: world.nextId(kind === "contacts" ? "contact" : "company"),
    name: "",
    createdAt: input.created_at ?? now,
    updatedAt: now,
    fieldValues: new Map(),
  };
  world[kind].set(contact.id, contact);
  const after = [{ note: { id: world.nextId("note") } }];
  const entityType = kind === "contacts" ? "contact" : "company";
  world.events.record({ type: `${entityType}_added`, entityId: contact.id, entityType, after });
  return contact;
}

function applyContact(world: World, contact: Contact, write: ContactWrite): void {
  const { name, first_name: first, last_name: last } = write.input;
  const full = name ?? ([first, last].filter(Boolean).join(" ") || contact.name);
  contact.name = full;
  for (const fieldWrite of write.fieldWrites) applyFieldWrite(contact.fieldValues, fieldWrite);
  contact.updatedAt = world.clock.seconds();
}

/** Contacts can be ordered by id, updated_at and name; created_at is ignored, as it is in amoCRM. */
function selectContacts(world: World, kind: ContactKind, url: URL): Contact[] {
  const query = parseBrackets(url.search);
  const ids = integers(at(query, "filter", "id"));
  const updated = range(at(query, "filter", "updated_at"));
  const wanted = query.get("query");
  const rows = [...world[kind].values()].filter((contact) =>
    (ids === undefined || ids.includes(contact.id)) &&
    (updated === undefined || isWithin(contact.updatedAt, updated)) &&
    (typeof wanted !== "string" || contact.name.toLowerCase().includes(wanted.toLowerCase()))
  );
  const compare = {
    id: (a: Contact, b: Contact) => a.id - b.id,
    updated_at: (a: Contact, b: Contact) => a.updatedAt - b.updatedAt || a.id - b.id,
    name: (a: Contact, b: Contact) => a.name.localeCompare(b.name) || a.id - b.id,
  };
  const order = (["id", "updated_at", "name"] as const)
    .find((name) => at(query, "order", name) !== undefined) ?? "updated_at";
  rows.sort(compare[order]);
  return at(query, "order", order) === "desc" ? rows.reverse() : rows;
}

function renderContact(world: World, kind: ContactKind, contact: Contact, place: Place): object {
  return {
    id: contact.id,
    name: contact.name,
    ...(kind === "contacts" ? { first_name: "", last_name: "" } : {}),
    responsible_user_id: world.account.userId,
    group_id: 0,
    created_by: 0,
    updated_by: 0,
    created_at: contact.createdAt,
    updated_at: contact.updatedAt,
    closest_task_at: null,
    is_deleted: false,
    custom_fields_values: renderFieldValues(world, kind, contact.fieldValues),
    account_id: world.account.id,
    _links: selfLink(place, `${kind}/${contact.id}`),
    _embedded: kind === "contacts" ? { tags: [], companies: [] } : { tags: [] },
  };
}
