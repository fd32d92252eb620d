import { renderFieldValues } from "../account/field_values.ts";
import type { ElementLink, Lead } from "../account/leads.ts";
import { type Place, selfLink } from "../account/links.ts";
import { renderTags } from "../account/tags.ts";
import type { World } from "../account/world.ts";

/** A lead as lists and look-ups show it; `wanted` are the words of `with=`. */
export function renderLead(
  world: World,
  lead: Lead,
  wanted: ReadonlySet<string>,
  place: Place,
): object {
  return {
    id: lead.id,
    name: lead.name,
    price: Math.trunc(lead.price),
    responsible_user_id: lead.responsibleUserId,
    group_id: 0,
    status_id: lead.statusId,
    pipeline_id: lead.pipelineId,
    loss_reason_id: lead.lossReasonId,
    ...(wanted.has("source_id") ? { source_id: lead.sourceId } : {}),
    created_by: lead.createdBy,
    updated_by: lead.updatedBy,
    created_at: lead.createdAt,
    updated_at: lead.updatedAt,
    closed_at: lead.closedAt,
    closest_task_at: null,
    is_deleted: false,
    custom_fields_values: renderFieldValues(world, "leads", lead.fieldValues),
    score: null,
    account_id: world.account.id,
    labor_cost: null,
    ...(wanted.has("is_price_modified_by_robot") ? { is_price_modified_by_robot: false } : {}),
    ...(world.switches.bothPriceFields
      ? { is_price_computed: false, price_with_minor_units: lead.price }
      : {}),
    _links: selfLink(place, `leads/${lead.id}`),
    _embedded: renderEmbedded(world, lead, wanted, place),
  };
}

function renderEmbedded(
  world: World,
  lead: Lead,
  wanted: ReadonlySet<string>,
  place: Place,
): object {
  const companies = lead.companyId === null ? [] : [lead.companyId];
  return {
    tags: renderTags(world, "leads", lead.tagIds),
    companies: companies.map((id) => ({ id, _links: selfLink(place, `companies/${id}`) })),
    ...(wanted.has("contacts") ? { contacts: renderContacts(lead, place) } : {}),
    ...(wanted.has("catalog_elements")
      ? { catalog_elements: renderElementLinks(lead, place) }
      : {}),
    ...(wanted.has("loss_reason") ? renderLossReason(world, lead) : {}),
  };
}

function renderContacts(lead: Lead, place: Place): object[] {
  return lead.contacts.map(({ id, isMain }) => ({
    id,
    is_main: isMain,
    _links: selfLink(place, `contacts/${id}`),
  }));
}

/** The linked elements of a record. */
export function renderElementLinks(
  { elements }: { readonly elements: readonly ElementLink[] },
  place: Place,
): object[] {
  return elements.map(({ id, catalogId, quantity, priceId }) => ({
    id,
    metadata: { quantity, catalog_id: catalogId, price_id: priceId },
    _links: selfLink(place, `catalogs/${catalogId}/elements/${id}`),
  }));
}

function renderLossReason(world: World, lead: Lead): object {
  const reason = lead.lossReasonId === null ? undefined : world.lossReasons.get(lead.lossReasonId);
  if (reason === undefined) return { loss_reason: [] };
  const { id, name, sort, createdAt, updatedAt } = reason;
  const shown = { id, name, sort, created_at: createdAt, updated_at: updatedAt };
  return { loss_reason: world.switches.lossReasonAs === "array" ? [shown] : shown };
}

/** A trashed lead as `with=only_deleted` shows it: everything but a handful of keys is null. */
export function renderHollowLead(world: World, lead: Lead, place: Place): object {
  return {
    id: lead.id,
    name: null,
    price: null,
    responsible_user_id: null,
    group_id: null,
    status_id: null,
    pipeline_id: null,
    loss_reason_id: null,
    created_by: null,
    updated_by: lead.updatedBy,
    created_at: null,
    updated_at: lead.updatedAt,
    closed_at: null,
    closest_task_at: null,
    is_deleted: true,
    custom_fields_values: null,
    score: null,
    account_id: world.account.id,
    labor_cost: null,
    ...(world.switches.bothPriceFields
      ? { is_price_computed: null, price_with_minor_units: null }
      : {}),
    _links: selfLink(place, `leads/${lead.id}`),
  };
}
