import type { Context, Hono } from "hono";
import { z } from "zod";
import { type ItemError, notSupportedChoice } from "../account/refusals.ts";
import type { World } from "../account/world.ts";
import { asList, batchResponse, type BatchWrite, readJson, writeBatch } from "./batch.ts";
import { at, integers, parseBrackets, texts } from "./bracket_query.ts";
import { findElement } from "./elements.ts";
import {
  findOwner,
  link,
  type LinkEnd,
  type LinkOwner,
  linksOf,
  type LinkTarget,
  type ShownLink,
  unlink,
} from "./link_changes.ts";
import { fieldMissing, hal, noContent, problem, validationProblem } from "./problems.ts";
import { Refusal } from "./refusal.ts";

const linkSchema = z.strictObject({
  entity_id: z.int().nullish(),
  entity_type: z.enum(["leads", "contacts", "companies"]).nullish(),
  to_entity_id: z.int(),
  to_entity_type: z.enum(["catalog_elements", "leads", "contacts", "companies"]),
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
  readonly end: LinkEnd;
}

const SINGULAR: Readonly<Record<LinkTarget, string>> = {
  leads: "lead",
  contacts: "contact",
  companies: "company",
  catalog_elements: "catalog_element",
};

/** Links of leads, contacts or companies; one of them in the path, or many in the filter or the body. */
export function addLinkRoutes(app: Hono, world: World, type: LinkOwner): void {
  app.get(`/api/v4/${type}/links`, (context) => {
    const ids = integers(at(parseBrackets(new URL(context.req.url).search), "filter", "entity_id"));
    if (ids === undefined) {
      const errors = [fieldMissing("filter.entity_id")];
      throw new Refusal(validationProblem([{ request_id: "0", errors }]));
    }
    const known = ids.filter((id) => findOwner(world, { type, id }) !== undefined);
    return linkResponse(
      context,
      known.flatMap((id) =>
        selectLinks(world, { type, id }, context)
          .map((shown) => ({ entity_id: id, entity_type: type, ...shown }))
      ),
    );
  });
  app.get(`/api/v4/${type}/:id{[0-9]+}/links`, (context) => {
    return linkResponse(context, selectLinks(world, requireEnd(world, type, context), context));
  });
  for (const path of [`/api/v4/${type}/:id{[0-9]+}`, `/api/v4/${type}`]) {
    app.post(`${path}/link`, async (context) => {
      const items = asList(await readJson(context));
      const result = writeBatch(world, items, linking(world, type, context, link));
      return batchResponse(context, "links", result, { withTotal: true });
    });
    app.post(`${path}/unlink`, async (context) => {
      writeBatch(world, asList(await readJson(context)), linking(world, type, context, unlink));
      return noContent();
    });
  }
}

function linkResponse(context: Context, links: readonly object[]): Response {
  return hal({
    _total_items: links.length,
    _links: { self: { href: context.req.url } },
    _embedded: { links },
  });
}

/** `filter[to_entity_id]`, `[to_entity_type]` and `[to_catalog_id]` narrow what is shown. */
function selectLinks(world: World, end: LinkEnd, context: Context): ShownLink[] {
  const query = parseBrackets(new URL(context.req.url).search);
  const ids = integers(at(query, "filter", "to_entity_id"));
  const types = texts(at(query, "filter", "to_entity_type"));
  const catalogs = integers(at(query, "filter", "to_catalog_id"));
  return linksOf(world, end).filter(({ to_entity_id: id, to_entity_type: type, metadata }) =>
    (ids === undefined || ids.includes(id)) &&
    (types.length === 0 || types.includes(type)) &&
    (catalogs === undefined || catalogs.includes(catalogIdOf(metadata)))
  );
}

function catalogIdOf(metadata: object | null): number {
  return metadata !== null && "catalog_id" in metadata ? Number(metadata.catalog_id) : 0;
}

function requireEnd(world: World, type: LinkOwner, context: Context): LinkEnd {
  const end = { type, id: Number(context.req.param("id")) };
  if (findOwner(world, end) !== undefined) return end;
  const noun = SINGULAR[type];
  throw new Refusal(problem(404, `${noun.charAt(0).toUpperCase()}${noun.slice(1)} not found`));
}

function linking(
  world: World,
  type: LinkOwner,
  context: Context,
  change: typeof link,
): BatchWrite<LinkInput, LinkWrite> {
  const isFixed = context.req.param("id") !== undefined;
  const fixed = isFixed ? requireEnd(world, type, context) : undefined;
  return {
    schema: linkSchema,
    numbersItems: false,
    check(input, errors) {
      const end = fixed ?? { type, id: input.entity_id ?? 0 };
      if (findOwner(world, end) === undefined) errors.push(notSupportedChoice("entity_id"));
      checkTarget(world, type, input, errors);
      return { input, end };
    },
    apply({ input, end }) {
      const before = linksOf(world, end).length;
      change(world, end, input);
      const after = linksOf(world, end).length;
      if (after !== before) recordLink(world, end, input, after > before);
      touch(world, end);
      return { entity_id: end.id, entity_type: type, ...describe(input) };
    },
  };
}

function touch(world: World, end: LinkEnd): void {
  const owner = findOwner(world, end);
  if (owner !== undefined && world.switches.linkTouchesUpdatedAt) {
    owner.updatedAt = world.clock.seconds();
  }
  const lead = end.type === "leads" ? world.leads.get(end.id) : undefined;
  if (lead !== undefined) world.leads.changed(lead);
}

function describe({ to_entity_id, to_entity_type, metadata }: LinkInput): object {
  return { to_entity_id, to_entity_type, metadata: metadata ?? null };
}

function checkTarget(world: World, from: LinkOwner, input: LinkInput, errors: ItemError[]): void {
  const { to_entity_id: id, to_entity_type: type } = input;
  if (type === "catalog_elements") {
    const catalogId = input.metadata?.catalog_id ?? 0;
    if (!world.catalogs.has(catalogId)) errors.push(notSupportedChoice("metadata.catalog_id"));
    else if (findElement(world, catalogId, id) === undefined) {
      errors.push(notSupportedChoice("to_entity_id"));
    }
  } else if (type === from) errors.push(notSupportedChoice("to_entity_type"));
  else if (findOwner(world, { type, id }) === undefined) {
    errors.push(notSupportedChoice("to_entity_id"));
  }
}

function recordLink(world: World, end: LinkEnd, input: LinkInput, isLinked: boolean): void {
  const entity = { type: SINGULAR[input.to_entity_type], id: input.to_entity_id };
  const value = [{ link: { entity } }];
  world.events.record({
    type: isLinked ? "entity_linked" : "entity_unlinked",
    entityId: end.id,
    entityType: SINGULAR[end.type],
    ...(isLinked ? { after: value } : { before: value }),
  });
}
