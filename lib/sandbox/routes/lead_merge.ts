import type { Lead } from "../account/leads.ts";
import type { World } from "../account/world.ts";

/**
 * Merges leads as a user does by hand: the survivor takes over what it has not and the others have, and those are
 * gone, from the trash too. False, and nothing is done, when one of them is not there.
 */
export function mergeLeads(
  world: World,
  survivorId: number,
  goneIds: readonly number[],
  userId: number,
): boolean {
  const [survivor, ...gone] = [survivorId, ...goneIds].flatMap((id) => living(world, id) ?? []);
  if (survivor === undefined || gone.length === 0 || gone.length !== goneIds.length) return false;
  for (const lead of gone) takeOver(survivor, lead);
  survivor.updatedAt = world.clock.seconds();
  survivor.updatedBy = userId;
  world.leads.changed(survivor);
  for (const { id } of gone) world.leads.remove(id);
  const named = world.switches.mergeNames === "survivor" ? [survivor] : gone;
  for (const { id } of named) {
    world.events.record({
      type: "entity_merged",
      entityId: id,
      entityType: "lead",
      createdBy: userId,
    });
  }
  return true;
}

function living(world: World, id: number): Lead | undefined {
  const lead = world.leads.get(id);
  return lead?.trashedAt === null ? lead : undefined;
}

function takeOver(survivor: Lead, gone: Lead): void {
  for (const [field, values] of gone.fieldValues) {
    if (!survivor.fieldValues.has(field)) survivor.fieldValues.set(field, values);
  }
  const isNew = <Row extends { readonly id: number }>(rows: readonly Row[]) => ({ id }: Row) =>
    !rows.some((row) => row.id === id);
  survivor.tagIds = [...new Set([...survivor.tagIds, ...gone.tagIds])];
  survivor.companyId ??= gone.companyId;
  survivor.elements = [
    ...survivor.elements,
    ...gone.elements.filter(isNew(survivor.elements)),
  ];
  survivor.contacts = [
    ...survivor.contacts,
    ...gone.contacts.filter(isNew(survivor.contacts))
      .map((contact) => ({ ...contact, isMain: false })),
  ];
}
