import type { Hono } from "hono";
import { z } from "zod";
import type { Lead, LeadSelection } from "../account/leads.ts";
import { type Place, selfLink } from "../account/links.ts";
import { notSupportedChoice } from "../account/refusals.ts";
import type { World } from "../account/world.ts";
import { asItem, asList, batchResponse, type BatchWrite, readJson, writeBatch } from "./batch.ts";
import { at, parseBrackets, texts } from "./bracket_query.ts";
import { renderHollowLead, renderLead } from "./lead.ts";
import { createLead, updateLead } from "./lead_changes.ts";
import { readLeadSelection } from "./lead_filters.ts";
import {
  checkLeadWrite,
  type LeadInput,
  leadSchema,
  type LeadWrite,
  READ_ONLY_OF_LEADS,
} from "./lead_input.ts";
import { emptyOldTrash } from "./lead_trash.ts";
import { listResponse, placeOf, readHeavyPage } from "./paging.ts";
import { hal, noContent, problem } from "./problems.ts";

/** Lists, look-ups and plain writes of leads. */
export function addLeadRoutes(app: Hono, world: World): void {
  app.get("/api/v4/leads", (context) => {
    const url = new URL(context.req.url);
    emptyOldTrash(world);
    const selection = readLeadSelection(world, url);
    const wanted = wantedOf(url);
    const render = (lead: Lead, place: Place) =>
      selection.isTrash
        ? renderHollowLead(world, lead, place)
        : renderLead(world, lead, wanted, place);
    const options = { page: readHeavyPage(url, world.switches), switches: world.switches };
    return listResponse(context, "leads", visible(world, selection), render, options);
  });
  app.get("/api/v4/leads/:id{[0-9]+}", (context) => {
    const lead = world.leads.shown(Number(context.req.param("id")));
    const wanted = wantedOf(new URL(context.req.url));
    const place = placeOf(context);
    if (lead !== undefined && isRefused(world, lead)) return problem(403, "Forbidden");
    if (lead?.trashedAt === null) return hal(renderLead(world, lead, wanted, place));
    if (lead !== undefined && wanted.has("only_deleted")) {
      return hal(renderHollowLead(world, lead, place));
    }
    return world.switches.missingLeadStatus === 204 ? noContent() : problem(404, "Lead not found");
  });
  app.post("/api/v4/leads", async (context) => {
    const items = asList(await readJson(context));
    const result = writeBatch(world, items, leadCreation(world, placeOf(context)));
    return batchResponse(context, "leads", result);
  });
  app.patch("/api/v4/leads", async (context) => {
    const items = asList(await readJson(context));
    const result = writeBatch(world, items, leadUpdate(world, placeOf(context)));
    return batchResponse(context, "leads", result);
  });
  app.patch("/api/v4/leads/:id{[0-9]+}", async (context) => {
    const item = asItem(await readJson(context), Number(context.req.param("id")));
    return hal(writeBatch(world, [item], leadUpdate(world, placeOf(context))).written[0]);
  });
}

/** Without the leads that are hidden from whoever asks. */
function visible(
  { leads, switches: { hiddenLeads } }: World,
  selection: LeadSelection,
): readonly Lead[] {
  const selected = leads.select(selection);
  return hiddenLeads.length === 0
    ? selected
    : selected.filter(({ id }) => !hiddenLeads.includes(id));
}

function isRefused({ switches: { hiddenLeads, hiddenLeadStatus } }: World, { id }: Lead): boolean {
  return hiddenLeadStatus === 403 && hiddenLeads.includes(id);
}

/** A PATCH of leads by somebody who works in the web interface; throws a `Refusal` for a wrong one. */
export function changeLeadsAs(world: World, items: readonly object[], userId: number): void {
  const write = leadUpdate(world, { origin: "", pageQuery: "" });
  writeBatch(world, items.map((item) => ({ updated_by: userId, ...item })), write);
}

function wantedOf(url: URL): ReadonlySet<string> {
  return new Set(texts(at(parseBrackets(url.search), "with")));
}

function leadCreation(world: World, place: Place): BatchWrite<LeadInput, LeadWrite> {
  return {
    schema: leadSchema,
    readOnly: READ_ONLY_OF_LEADS,
    numbersItems: true,
    check: (input, errors) => checkLeadWrite(world, input, undefined, errors),
    apply(write) {
      const { id } = createLead(world, write);
      return { id, _links: selfLink(place, `leads/${id}`) };
    },
  };
}

const updateSchema = leadSchema.extend({ id: z.int() });

interface LeadUpdate {
  readonly lead: Lead | undefined;
  readonly write: LeadWrite;
}

function leadUpdate(
  world: World,
  place: Place,
): BatchWrite<z.infer<typeof updateSchema>, LeadUpdate> {
  return {
    schema: updateSchema,
    readOnly: READ_ONLY_OF_LEADS,
    numbersItems: false,
    check(input, errors) {
      const found = world.leads.get(input.id);
      const lead = found?.trashedAt === null ? found : undefined;
      if (lead === undefined) errors.push(notSupportedChoice("id"));
      return { lead, write: checkLeadWrite(world, input, lead, errors) };
    },
    apply({ lead, write }) {
      if (lead === undefined) throw new Error("Cannot update a lead: it was not found");
      updateLead(world, lead, write);
      const links = { _links: selfLink(place, `leads/${lead.id}`) };
      return { id: lead.id, updated_at: lead.updatedAt, ...links };
    },
  };
}
