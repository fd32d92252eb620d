import { recordFieldChange } from "../account/field_events.ts";
import { applyFieldWrite } from "../account/field_values.ts";
import type { Lead } from "../account/leads.ts";
import { isClosedStatus, LOST } from "../account/pipelines.ts";
import type { World } from "../account/world.ts";
import type { LeadWrite } from "./lead_input.ts";
import { applyTags } from "./tag_changes.ts";

/** Creates a lead from a checked write and records `lead_added`. */
export function createLead(world: World, write: LeadWrite): Lead {
  const { input, stage } = write;
  if (stage === undefined) throw new Error("Cannot create a lead: it has no stage");
  const now = world.clock.seconds();
  const id = world.nextId("lead");
  const lead: Lead = {
    id,
    name: input.name ? input.name : `Сделка #${id}`,
    price: input.price ?? 0,
    responsibleUserId: input.responsible_user_id ?? world.account.userId,
    ...stage,
    lossReasonId: input.loss_reason_id ?? null,
    sourceId: input._embedded?.source?.id ?? null,
    createdBy: input.created_by ?? 0,
    updatedBy: input.updated_by ?? input.created_by ?? 0,
    createdAt: input.created_at ?? now,
    updatedAt: world.switches.honoursUpdatedAt ? input.updated_at ?? now : now,
    closedAt: isClosedStatus(stage.statusId) ? input.closed_at ?? now : null,
    trashedAt: null,
    fieldValues: new Map(),
    tagIds: [],
    contacts: readContacts(input),
    companyId: input._embedded?.companies?.[0]?.id ?? null,
    elements: [],
  };
  for (const fieldWrite of write.fieldWrites) applyFieldWrite(lead.fieldValues, fieldWrite);
  world.leads.add(lead);
  const after = [{ note: { id: world.nextId("note") } }];
  world.events.record({ type: "lead_added", ...eventEntity(lead), after });
  applyTags(world, "leads", lead, write.input);
  world.leads.changed(lead);
  return lead;
}

function readContacts(input: LeadWrite["input"]): Lead["contacts"] {
  const ids = (input._embedded?.contacts ?? []).flatMap((contact) => contact.id ?? []);
  const main = input._embedded?.contacts?.find((contact) => contact.is_main)?.id ?? ids[0];
  return ids.map((id) => ({ id, isMain: id === main }));
}

function eventEntity(lead: Lead) {
  return { entityId: lead.id, entityType: "lead", createdBy: lead.updatedBy };
}

/** Applies a checked write to a lead, with one event for each thing that is different afterwards. */
export function updateLead(world: World, lead: Lead, write: LeadWrite): void {
  const { input } = write;
  const now = world.clock.seconds();
  lead.updatedBy = input.updated_by ?? 0;
  if (write.stage !== undefined) moveLead(world, lead, write.stage);
  if (typeof input.closed_at === "number" && isClosedStatus(lead.statusId)) {
    lead.closedAt = input.closed_at;
  }
  if (input.loss_reason_id !== undefined) lead.lossReasonId = input.loss_reason_id;
  if (typeof input.created_at === "number") lead.createdAt = input.created_at;
  if (typeof input.created_by === "number") lead.createdBy = input.created_by;
  renameLead(world, lead, input.name ?? lead.name);
  reassignLead(world, lead, input.responsible_user_id ?? lead.responsibleUserId);
  repriceLead(world, lead, input.price === null ? 0 : input.price ?? lead.price);
  for (const fieldWrite of write.fieldWrites) {
    const before = lead.fieldValues.get(fieldWrite.field.id) ?? [];
    if (applyFieldWrite(lead.fieldValues, fieldWrite)) {
      recordFieldChange(world, eventEntity(lead), fieldWrite.field, before, fieldWrite.values);
    }
  }
  applyTags(world, "leads", lead, write.input);
  lead.updatedAt = world.switches.honoursUpdatedAt ? input.updated_at ?? now : now;
  world.leads.changed(lead);
}

function moveLead(
  world: World,
  lead: Lead,
  stage: { readonly pipelineId: number; readonly statusId: number },
): void {
  if (stage.pipelineId === lead.pipelineId && stage.statusId === lead.statusId) return;
  const describe = (id: number, pipelineId: number) => [
    { lead_status: { id, pipeline_id: pipelineId } },
  ];
  world.events.record({
    type: "lead_status_changed",
    ...eventEntity(lead),
    before: describe(lead.statusId, lead.pipelineId),
    after: describe(stage.statusId, stage.pipelineId),
  });
  const wasClosed = isClosedStatus(lead.statusId);
  lead.pipelineId = stage.pipelineId;
  lead.statusId = stage.statusId;
  if (!isClosedStatus(stage.statusId)) lead.closedAt = null;
  else if (!wasClosed) lead.closedAt = world.clock.seconds();
  if (stage.statusId !== LOST) lead.lossReasonId = null;
}

function renameLead(world: World, lead: Lead, name: string): void {
  if (name === lead.name) return;
  world.events.record({
    type: "name_field_changed",
    ...eventEntity(lead),
    before: [{ name_field_value: { name: lead.name } }],
    after: [{ name_field_value: { name } }],
  });
  lead.name = name;
}

function repriceLead(world: World, lead: Lead, price: number): void {
  if (price === lead.price) return;
  const describe = (sale: number) => [
    { sale_field_value: { sale: Math.trunc(sale), sale_with_minor_units: sale } },
  ];
  world.events.record({
    type: "sale_field_changed",
    ...eventEntity(lead),
    before: describe(lead.price),
    after: describe(price),
  });
  lead.price = price;
}

function reassignLead(world: World, lead: Lead, userId: number): void {
  if (userId === lead.responsibleUserId) return;
  const describe = (id: number) => [{ responsible_user: { id } }];
  world.events.record({
    type: "entity_responsible_changed",
    ...eventEntity(lead),
    before: describe(lead.responsibleUserId),
    after: describe(userId),
  });
  lead.responsibleUserId = userId;
}
