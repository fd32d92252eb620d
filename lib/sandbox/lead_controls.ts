import { Hono } from "hono";
import { z } from "zod";
import type { World } from "./account/world.ts";
import { changeLeadsAs } from "./routes/leads.ts";
import { mergeLeads } from "./routes/lead_merge.ts";
import { restoreLead, trashLead } from "./routes/lead_trash.ts";
import { Refusal } from "./routes/refusal.ts";

/** What people do to leads in the web interface; `by` is who does it, the administrator unless told. */
export interface LeadControls {
  /** A PATCH of leads as a user sends it; throws a `Refusal` with the answer of the API for a wrong one. */
  change(leads: readonly object[], by?: number): void;
  /** Into the trash; the number of those that were there. */
  delete(ids: readonly number[], by?: number): number;
  /** Out of the trash; the number of those that were in it. */
  restore(ids: readonly number[], by?: number): number;
  /** False, and nothing is done, when one of them is not there. */
  merge(survivor: number, gone: readonly number[], by?: number): boolean;
}

export function createLeadControls(world: World): LeadControls {
  const administrator = world.account.userId;
  return {
    change: (leads, by = administrator) => changeLeadsAs(world, leads, by),
    delete: (ids, by = administrator) => ids.filter((id) => trashLead(world, id, by)).length,
    restore: (ids, by = administrator) => ids.filter((id) => restoreLead(world, id, by)).length,
    merge: (survivor, gone, by = administrator) => mergeLeads(world, survivor, gone, by),
  };
}

const by = z.int().optional();
const idsSchema = z.strictObject({ ids: z.array(z.int()).min(1), by });
const changeSchema = z.strictObject({ leads: z.array(z.looseObject({ id: z.int() })).min(1), by });
const mergeSchema = z.strictObject({ survivor: z.int(), gone: z.array(z.int()).min(1), by });

/** `/leads/change`, `/leads/delete`, `/leads/restore` and `/leads/merge`, below the other control routes. */
export function createLeadControlRoutes(leads: LeadControls): Hono {
  const app = new Hono();
  app.post("/leads/change", async (context) => {
    const request = changeSchema.parse(await context.req.json());
    leads.change(request.leads, request.by);
    return context.body(null, 204);
  });
  app.post("/leads/delete", async (context) => {
    const { ids, by } = idsSchema.parse(await context.req.json());
    return context.json({ deleted: leads.delete(ids, by) });
  });
  app.post("/leads/restore", async (context) => {
    const { ids, by } = idsSchema.parse(await context.req.json());
    return context.json({ restored: leads.restore(ids, by) });
  });
  app.post("/leads/merge", async (context) => {
    const { survivor, gone, by } = mergeSchema.parse(await context.req.json());
    return context.json({ isMerged: leads.merge(survivor, gone, by) });
  });
  app.onError((error) => {
    if (error instanceof Refusal) return error.response;
    throw error;
  });
  return app;
}
