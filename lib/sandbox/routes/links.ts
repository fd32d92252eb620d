import type { Context, Hono } from "hono";
import { z } from "zod";
import type { Lead } from "../account/leads.ts";
import { type ItemError, notSupportedChoice } from "../account/refusals.ts";
import type { World } from "../account/world.ts";
import { asList, batchResponse, type BatchWrite, readJson, writeBatch } from "./batch.ts";
import { findElement } from "./elements.ts";
import { hal, noContent, problem } from "./problems.ts";
import { Refusal } from "./refusal.ts";

const linkSchema = z.strictObject({
  entity_id: z.int().nullish(),
  entity_type: z.literal("leads").nullish(),
  to_entity_id: z.int(),
  to_entity_type: z.enum(["catalog_elements", "contacts", "companies"]),
  metadata: z.strictObject({
    updated_by: z.int().nullish(),
    quantity: z.number().positive().nullish(),
    catalog_id: z.int().nullish(),
    price_id: z.int().nullish(),
    is_main: z.boolean().nullish(),
    main_contact: z.boolean().nullish(),
  }).nullish(),
});

type LinkInput = z.infer<typeof linkSchema>;

interface LinkWrite {
  readonly input: LinkInput;
  readonly lead: Lead | undefined;
}

/** Links of leads to elements, contacts and companies; one lead in the path, or many in the body. */
export function addLinkRoutes(app: Hono, world: World): void {
  app.get("/api/v4/leads/:id{[0-9]+}/links", (context) => {
    const lead = requireLead(world, context);
    const links = linksOf(lead);
    return hal({
      _total_items: links.length,
      _links: { self: { href: context.req.url } },
      _embedded: { links },
    });
  });
  for (const path of ["/api/v4/leads/:id{[0-9]+}", "/api/v4/leads"]) {
    app.post(`${path}/link`, async (context) => {
      const items = asList(await readJson(context));
      const result = writeBatch(world, items, linking(world, context, link));
      return batchResponse(context, "links", result, { withTotal: true });
    });
    app.post(`${path}/unlink`, async (context) => {
      writeBatch(world, asList(await readJson(context)), linking(world, context, unlink));
      return noContent();
    });
  }
}

function requireLead(world: World, context: Context): Lead {
  const lead = world.leads.get(Number(context.req.param("id")));
  if (lead?.trashedAt !== null) throw new Refusal(problem(404, "Lead not found"));
  return lead;
}

function linking(
  world: World,
  context: Context,
  change: (lead: Lead, input: LinkInput) => void,
): BatchWrite<LinkInput, LinkWrite> {
  const fixed = context.req.param("id") === undefined ? undefined : requireLead(world, context);
  return {
    schema: linkSchema,
    numbersItems: false,
    check(input, errors) {
      const lead = fixed ?? world.leads.get(input.entity_id ?? 0);
      if (lead?.trashedAt !== null) errors.push(notSupportedChoice("entity_id"));
      checkTarget(world, input, errors);
      return { input, lead };
    },
    apply({ input, lead }) {
      if (lead === undefined) throw new Error("Cannot link a lead: it was not found");
      const before = linksOf(lead).length;
      change(lead, input);
      if (linksOf(lead).length !== before) recordLink(world, lead, input, before);
      if (world.switches.linkTouchesUpdatedAt) lead.updatedAt = world.clock.seconds();
      world.leads.changed(lead);
      return { entity_id: lead.id, entity_type: "leads", ...describe(input) };
    },
  };
}

function describe({ to_entity_id, to_entity_type, metadata }: LinkInput): object {
  return { to_entity_id, to_entity_type, metadata: metadata ?? null };
}

function checkTarget(world: World, input: LinkInput, errors: ItemError[]): void {
  const { to_entity_id: id, to_entity_type: type } = input;
  if (type === "catalog_elements") {
    const catalogId = input.metadata?.catalog_id ?? 0;
    if (!world.catalogs.has(catalogId)) errors.push(notSupportedChoice("metadata.catalog_id"));
    else if (findElement(world, catalogId, id) === undefined) {
      errors.push(notSupportedChoice("to_entity_id"));
    }
  } else if (!world[type].has(id)) errors.push(notSupportedChoice("to_entity_id"));
}

function link(lead: Lead, input: LinkInput): void {
  const { to_entity_id: id, metadata } = input;
  unlink(lead, input);
  if (input.to_entity_type === "companies") lead.companyId = id;
  else if (input.to_entity_type === "catalog_elements") {
    const catalogId = metadata?.catalog_id ?? 0;
    const quantity = metadata?.quantity ?? 1;
    lead.elements = [...lead.elements, {
      id,
      catalogId,
      quantity,
      priceId: metadata?.price_id ?? null,
    }];
  } else {
    const isMain = (metadata?.is_main ?? metadata?.main_contact ?? false) ||
      lead.contacts.length === 0;
    const others = isMain
      ? lead.contacts.map((contact) => ({ ...contact, isMain: false }))
      : lead.contacts;
    lead.contacts = [...others, { id, isMain }];
  }
}

function unlink(lead: Lead, { to_entity_id: id, to_entity_type: type }: LinkInput): void {
  if (type === "catalog_elements") lead.elements = lead.elements.filter((link) => link.id !== id);
  else if (type === "contacts") lead.contacts = lead.contacts.filter((link) => link.id !== id);
  else if (lead.companyId === id) lead.companyId = null;
}

function recordLink(world: World, lead: Lead, input: LinkInput, before: number): void {
  const isLinked = linksOf(lead).length > before;
  const entity = {
    type: input.to_entity_type.replace(/ies$|s$/, singularEnd),
    id: input.to_entity_id,
  };
  const value = [{ link: { entity } }];
  world.events.record({
    type: isLinked ? "entity_linked" : "entity_unlinked",
    entityId: lead.id,
    entityType: "lead",
    ...(isLinked ? { after: value } : { before: value }),
  });
}

function singularEnd(plural: string): string {
  return plural === "ies" ? "y" : "";
}

function linksOf(lead: Lead): object[] {
  const company = lead.companyId === null ? [] : [lead.companyId];
  return [
    ...lead.contacts.map(({ id, isMain }) => ({
      to_entity_id: id,
      to_entity_type: "contacts",
      metadata: { main_contact: isMain },
    })),
    ...company.map((id) => ({ to_entity_id: id, to_entity_type: "companies", metadata: null })),
    ...lead.elements.map(({ id, catalogId, quantity, priceId }) => ({
      to_entity_id: id,
      to_entity_type: "catalog_elements",
      metadata: { quantity, catalog_id: catalogId, price_id: priceId },
    })),
  ];
}
