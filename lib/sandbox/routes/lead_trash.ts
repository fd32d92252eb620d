import type { Hono } from "hono";
import { at, integers, parseBrackets } from "./bracket_query.ts";
import type { World } from "../account/world.ts";

/** Moves a lead to the trash; false when it is not there or already trashed. */
export function trashLead(
  world: World,
  id: number,
  createdBy: number = world.account.userId,
): boolean {
  const lead = world.leads.get(id);
  if (lead === undefined || lead.trashedAt !== null) return false;
  lead.trashedAt = world.clock.seconds();
  lead.updatedBy = createdBy;
  if (world.switches.deleteTouchesUpdatedAt) lead.updatedAt = world.clock.seconds();
  world.leads.changed(lead);
  world.events.record({ type: "lead_deleted", entityId: id, entityType: "lead", createdBy });
  return true;
}

/** Takes a lead out of the trash, as a user would by hand; false when it is not there. */
export function restoreLead(
  world: World,
  id: number,
  createdBy: number = world.account.userId,
): boolean {
  const lead = world.leads.get(id);
  if (lead === undefined || lead.trashedAt === null) return false;
  lead.trashedAt = null;
  lead.updatedBy = createdBy;
  if (world.switches.deleteTouchesUpdatedAt) lead.updatedAt = world.clock.seconds();
  world.leads.changed(lead);
  world.events.record({ type: "lead_restored", entityId: id, entityType: "lead", createdBy });
  return true;
}

/** Forgets leads that have been in the trash for longer than it keeps them. */
export function emptyOldTrash(world: World): void {
  const { trashRetentionDays } = world.switches;
  if (trashRetentionDays === null) return;
  const oldest = world.clock.seconds() - trashRetentionDays * 86_400;
  for (const lead of [...world.leads.all()]) {
    if (lead.trashedAt !== null && lead.trashedAt < oldest) world.leads.remove(lead.id);
  }
}

/** The route behind the delete button of the web interface: unofficial, but it takes a token. */
export function addLeadTrashRoutes(app: Hono, world: World): void {
  app.post("/ajax/leads/multiple/delete/", async (context) => {
    const form = parseBrackets(await context.req.text());
    const ids = integers(at(form, "ID")) ?? [];
    const isAllowed = world.switches.ajaxDelete &&
      context.req.header("x-requested-with") === "XMLHttpRequest";
    const deleted = isAllowed ? ids.filter((id) => trashLead(world, id)).length : 0;
    if (deleted > 0) {
      const message = `Удаление прошло успешно для ${deleted} ${
        deleted === 1 ? "сделки" : "сделок"
      }`;
      return context.json({ status: "success", message });
    }
    // The same words for "not allowed" and "already gone", with status 200.
    return context.json({
      status: "fail",
      errors: ["Недостаточно прав для удаления сделки"],
      message: "Недостаточно прав для удаления",
    });
  });
}
