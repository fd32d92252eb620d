import type { Contact } from "../account/contacts.ts";
import { renderFieldValues } from "../account/field_values.ts";
import type { Lead } from "../account/leads.ts";
import { type Place, selfLink } from "../account/links.ts";
import { renderTags } from "../account/tags.ts";
import type { World } from "../account/world.ts";
import { at, type BracketTree, parseListQuery } from "./bracket_query.ts";
import type { ContactKind } from "./contact_changes.ts";
import { renderElementLinks } from "./lead.ts";
import { contactsOf, leadsOf } from "./link_changes.ts";
import {
  fieldTests,
  integerTests,
  nameTests,
  queryTests,
  RECORD_INTEGERS,
  RECORD_TIMES,
  type Test,
  timeTests,
} from "./record_filters.ts";

const COMPARE = {
  id: (a: Contact, b: Contact) => a.id - b.id,
  updated_at: (a: Contact, b: Contact) => a.updatedAt - b.updatedAt || a.id - b.id,
  name: (a: Contact, b: Contact) => a.name.localeCompare(b.name) || a.id - b.id,
};

/** Contacts or companies that a query wants. They can be ordered by id, updated_at and name, not by created_at. */
export function selectContacts(world: World, kind: ContactKind, url: URL): Contact[] {
  const query = parseListQuery(url, world.switches.ignoredFilters);
  const tests = filterTests(world, kind, query);
  const rows = [...world[kind].values()].filter((row) => tests.every((test) => test(row)));
  const order = (["id", "updated_at", "name"] as const)
    .find((name) => at(query, "order", name) !== undefined) ?? "updated_at";
  rows.sort(COMPARE[order]);
  return at(query, "order", order) === "desc" ? rows.reverse() : rows;
}

function filterTests(world: World, kind: ContactKind, query: BracketTree): Test<Contact>[] {
  return [
    ...integerTests(query, RECORD_INTEGERS),
    ...timeTests(query, RECORD_TIMES),
    ...nameTests<Contact>(query),
    ...fieldTests<Contact>(world, kind, query),
    ...queryTests<Contact>(world, kind, query),
  ];
}

/** A contact or company as lists and look-ups show it; `wanted` are the words of `with=`. */
export function renderContact(
  world: World,
  kind: ContactKind,
  contact: Contact,
  wanted: ReadonlySet<string>,
  place: Place,
): object {
  const { firstName, lastName } = contact;
  return {
    id: contact.id,
    name: contact.name,
    ...(kind === "contacts" ? { first_name: firstName, last_name: lastName } : {}),
    responsible_user_id: contact.responsibleUserId,
    group_id: 0,
    created_by: contact.createdBy,
    updated_by: contact.updatedBy,
    created_at: contact.createdAt,
    updated_at: contact.updatedAt,
    closest_task_at: null,
    is_deleted: false,
    custom_fields_values: renderFieldValues(world, kind, contact.fieldValues),
    account_id: world.account.id,
    _links: selfLink(place, `${kind}/${contact.id}`),
    _embedded: {
      tags: renderTags(world, kind, contact.tagIds),
      ...(kind === "contacts" ? { companies: renderCompany(contact, place) } : {}),
      ...renderWanted(world, kind, contact, wanted, place),
    },
  };
}

function renderCompany({ companyId }: Contact, place: Place): object[] {
  if (companyId === null) return [];
  return [{ id: companyId, _links: selfLink(place, `companies/${companyId}`) }];
}

function renderWanted(
  world: World,
  kind: ContactKind,
  contact: Contact,
  wanted: ReadonlySet<string>,
  place: Place,
): object {
  const link = (collection: string) => ({ id }: Lead | Contact) => ({
    id,
    _links: selfLink(place, `${collection}/${id}`),
  });
  const contacts = kind === "companies" && wanted.has("contacts");
  return {
    ...(wanted.has("leads") ? { leads: leadsOf(world, kind, contact.id).map(link("leads")) } : {}),
    ...(contacts ? { contacts: contactsOf(world, contact.id).map(link("contacts")) } : {}),
    ...(wanted.has("customers") ? { customers: [] } : {}),
    ...(wanted.has("catalog_elements")
      ? { catalog_elements: renderElementLinks(contact, place) }
      : {}),
  };
}
