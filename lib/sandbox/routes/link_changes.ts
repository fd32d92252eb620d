import type { Contact } from "../account/contacts.ts";
import type { ElementLink, Lead } from "../account/leads.ts";
import type { World } from "../account/world.ts";
import type { ContactKind } from "./contact_changes.ts";

/** What has links of its own. */
export type LinkOwner = "leads" | ContactKind;

/** What links lead to. */
export type LinkTarget = LinkOwner | "catalog_elements";

/** One end of a link. */
export interface LinkEnd {
  readonly type: LinkOwner;
  readonly id: number;
}

/** The other end, and what is said of the link. */
export interface LinkChange {
  readonly to_entity_id: number;
  readonly to_entity_type: LinkTarget;
  readonly metadata?: LinkMetadata | null | undefined;
}

interface LinkMetadata {
  readonly quantity?: number | null | undefined;
  readonly catalog_id?: number | null | undefined;
  readonly price_id?: number | null | undefined;
  readonly is_main?: boolean | null | undefined;
  readonly main_contact?: boolean | null | undefined;
}

/** A link as the API shows it. */
export interface ShownLink {
  readonly to_entity_id: number;
  readonly to_entity_type: LinkTarget;
  readonly metadata: object | null;
}

/** A lead that is not in the trash, a contact or a company. */
export function findOwner(world: World, { type, id }: LinkEnd): Lead | Contact | undefined {
  if (type !== "leads") return world[type].get(id);
  const lead = world.leads.get(id);
  return lead?.trashedAt === null ? lead : undefined;
}

/** Living leads of a contact or a company, by id. */
export function leadsOf(world: World, kind: ContactKind, id: number): Lead[] {
  return [...world.leads.all()].filter((lead) =>
    lead.trashedAt === null &&
    (kind === "companies"
      ? lead.companyId === id
      : lead.contacts.some((contact) => contact.id === id))
  );
}

/** The contacts of a company, by id. */
export function contactsOf(world: World, companyId: number): Contact[] {
  return [...world.contacts.values()].filter((contact) => contact.companyId === companyId);
}

/** Makes a link, or changes what is said of it; it is kept by the lead, else by the contact. */
export function link(world: World, from: LinkEnd, change: LinkChange): void {
  unlink(world, from, change);
  const { to_entity_id: id, to_entity_type: type, metadata } = change;
  if (type === "catalog_elements") {
    const owner = requireOwner(world, from);
    owner.elements = [...owner.elements, toElementLink(id, metadata)];
  } else if (from.type === "leads" && type === "contacts") {
    linkContact(requireLead(world, from.id), id, metadata);
  } else if (from.type === "leads" || (from.type === "contacts" && type === "companies")) {
    requireOwner(world, from).companyId = id;
  } else link(world, { type, id }, turned(from, change));
}

/** Takes a link away; one that there is not does no harm. */
export function unlink(world: World, from: LinkEnd, change: LinkChange): void {
  const { to_entity_id: id, to_entity_type: type } = change;
  const owner = requireOwner(world, from);
  if (type === "catalog_elements") owner.elements = owner.elements.filter((one) => one.id !== id);
  else if (from.type === "leads" && type === "contacts") {
    const lead = requireLead(world, from.id);
    lead.contacts = lead.contacts.filter((contact) => contact.id !== id);
  } else if (from.type === "leads" || (from.type === "contacts" && type === "companies")) {
    if (owner.companyId === id) owner.companyId = null;
  } else unlink(world, { type, id }, turned(from, change));
}

/** The same link seen from its other end. */
function turned(from: LinkEnd, { metadata }: LinkChange): LinkChange {
  return { to_entity_id: from.id, to_entity_type: from.type, metadata };
}

function requireOwner(world: World, end: LinkEnd): Lead | Contact {
  const owner = findOwner(world, end);
  if (owner === undefined) throw new Error(`Cannot link ${end.type} ${end.id}: it was not found`);
  return owner;
}

function requireLead(world: World, id: number): Lead {
  const lead = world.leads.get(id);
  if (lead === undefined) throw new Error(`Cannot link lead ${id}: it was not found`);
  return lead;
}

function toElementLink(id: number, metadata: LinkChange["metadata"]): ElementLink {
  return {
    id,
    catalogId: metadata?.catalog_id ?? 0,
    quantity: metadata?.quantity ?? 1,
    priceId: metadata?.price_id ?? null,
  };
}

function linkContact(lead: Lead, id: number, metadata: LinkChange["metadata"]): void {
  const isMain = (metadata?.is_main ?? metadata?.main_contact ?? false) ||
    lead.contacts.length === 0;
  const others = isMain
    ? lead.contacts.map((contact) => ({ ...contact, isMain: false }))
    : lead.contacts;
  lead.contacts = [...others, { id, isMain }];
}

/** Every link of a lead, contact or company. */
export function linksOf(world: World, end: LinkEnd): ShownLink[] {
  const owner = requireOwner(world, end);
  return [...peopleOf(world, end, owner), ...owner.elements.map(showElement)];
}

function peopleOf(world: World, end: LinkEnd, owner: Lead | Contact): ShownLink[] {
  const companies = owner.companyId === null ? [] : [show("companies", owner.companyId, null)];
  if ("contacts" in owner) {
    const contacts = owner.contacts.map(({ id, isMain }) =>
      show("contacts", id, { main_contact: isMain })
    );
    return [...contacts, ...companies];
  }
  const isContact = end.type === "contacts";
  const leads = leadsOf(world, isContact ? "contacts" : "companies", end.id).map((lead) => {
    const found = lead.contacts.find(({ id }) => id === end.id);
    return show("leads", lead.id, isContact ? { main_contact: found?.isMain ?? false } : null);
  });
  if (isContact) return [...leads, ...companies];
  return [...leads, ...contactsOf(world, end.id).map(({ id }) => show("contacts", id, null))];
}

function show(type: LinkTarget, id: number, metadata: object | null): ShownLink {
  return { to_entity_id: id, to_entity_type: type, metadata };
}

function showElement({ id, catalogId, quantity, priceId }: ElementLink): ShownLink {
  return show("catalog_elements", id, { quantity, catalog_id: catalogId, price_id: priceId });
}
