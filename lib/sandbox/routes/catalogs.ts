import type { Hono } from "hono";
import { z } from "zod";
import type { Catalog } from "../account/catalogs.ts";
import { type Place, selfLink } from "../account/links.ts";
import { notSupportedChoice } from "../account/refusals.ts";
import type { World } from "../account/world.ts";
import { asItem, asList, batchResponse, type BatchWrite, readJson, writeBatch } from "./batch.ts";
import { listResponse, placeOf, readPage } from "./paging.ts";
import { hal, noContent, problem } from "./problems.ts";
import { Refusal } from "./refusal.ts";

const MAX_CATALOGS = 10;
const UNIQUE_TYPES: ReadonlySet<string> = new Set(["invoices", "products"]);

const catalogSchema = z.strictObject({
  id: z.int().optional(),
  name: z.string().min(1).optional(),
  sort: z.int().nullish(),
  // Taken from the official client, which sends them back; nothing comes of them.
  created_by: z.int().nullish(),
  updated_by: z.int().nullish(),
  created_at: z.int().nullish(),
  can_be_deleted: z.boolean().nullish(),
  type: z.enum(["regular", "invoices", "products", "suppliers"]).nullish(),
  can_add_elements: z.boolean().nullish(),
  can_show_in_cards: z.boolean().nullish(),
  can_link_multiple: z.boolean().nullish(),
});

type CatalogInput = z.infer<typeof catalogSchema>;

/** Lists, look-ups and writes of catalogs; there is no DELETE in this version of the API. */
export function addCatalogRoutes(app: Hono, world: World): void {
  app.get("/api/v4/catalogs", (context) => {
    const url = new URL(context.req.url);
    const type = url.searchParams.get("type");
    const rows = [...world.catalogs.values()].filter((catalog) =>
      type === null || catalog.type === type
    );
    const render = (catalog: Catalog, place: Place) => renderCatalog(world, catalog, place);
    const options = { page: readPage(url), switches: world.switches };
    return listResponse(context, "catalogs", rows, render, options);
  });
  app.get("/api/v4/catalogs/:id{[0-9]+}", (context) => {
    const catalog = world.catalogs.get(Number(context.req.param("id")));
    if (catalog === undefined) return noContent();
    return hal(renderCatalog(world, catalog, placeOf(context)));
  });
  app.post("/api/v4/catalogs", async (context) => {
    const items = asList(await readJson(context));
    const result = writeBatch(world, items, catalogCreation(world, placeOf(context)));
    return batchResponse(context, "catalogs", result);
  });
  app.patch("/api/v4/catalogs", async (context) => {
    const items = asList(await readJson(context));
    const result = writeBatch(world, items, catalogUpdate(world, placeOf(context)));
    return batchResponse(context, "catalogs", result);
  });
  app.patch("/api/v4/catalogs/:id{[0-9]+}", async (context) => {
    const item = asItem(await readJson(context), Number(context.req.param("id")));
    return hal(writeBatch(world, [item], catalogUpdate(world, placeOf(context))).written[0]);
  });
}

/** The catalog that a path names, or a refusal with 404. */
export function requireCatalog(world: World, id: number): Catalog {
  const catalog = world.catalogs.get(id);
  if (catalog === undefined) throw new Refusal(problem(404, "Catalog not found"));
  return catalog;
}

function catalogCreation(world: World, place: Place): BatchWrite<CatalogInput, CatalogInput> {
  let planned = world.catalogs.size;
  return {
    schema: catalogSchema.required({ name: true }),
    numbersItems: true,
    check(input, errors) {
      planned += 1;
      const isTaken = [...world.catalogs.values()].some(({ type }) => type === input.type);
      if (planned > MAX_CATALOGS) errors.push(notSupportedChoice("name"));
      if (UNIQUE_TYPES.has(input.type ?? "") && isTaken) errors.push(notSupportedChoice("type"));
      return input;
    },
    apply(input) {
      const now = world.clock.seconds();
      const catalog: Catalog = {
        id: world.nextId("catalog"),
        name: input.name ?? "",
        sort: input.sort ?? (world.catalogs.size + 1) * 10,
        type: input.type ?? "regular",
        canAddElements: input.can_add_elements ?? true,
        canShowInCards: input.can_show_in_cards ?? true,
        canLinkMultiple: input.can_link_multiple ?? true,
        createdAt: now,
        updatedAt: now,
      };
      world.catalogs.set(catalog.id, catalog);
      return renderCatalog(world, catalog, place);
    },
  };
}

function catalogUpdate(
  world: World,
  place: Place,
): BatchWrite<CatalogInput, { readonly input: CatalogInput; readonly catalog?: Catalog }> {
  return {
    schema: catalogSchema.required({ id: true }),
    numbersItems: false,
    check(input, errors) {
      const catalog = world.catalogs.get(input.id ?? 0);
      if (catalog !== undefined) return { input, catalog };
      errors.push(notSupportedChoice("id"));
      return { input };
    },
    apply({ input, catalog }) {
      if (catalog === undefined) throw new Error("Cannot update a catalog: it was not found");
      catalog.name = input.name ?? catalog.name;
      catalog.sort = input.sort ?? catalog.sort;
      catalog.canAddElements = input.can_add_elements ?? catalog.canAddElements;
      catalog.canShowInCards = input.can_show_in_cards ?? catalog.canShowInCards;
      catalog.canLinkMultiple = input.can_link_multiple ?? catalog.canLinkMultiple;
      catalog.updatedAt = world.clock.seconds();
      return renderCatalog(world, catalog, place);
    },
  };
}

function renderCatalog(world: World, catalog: Catalog, place: Place): object {
  return {
    id: catalog.id,
    name: catalog.name,
    created_by: world.account.userId,
    updated_by: world.account.userId,
    created_at: catalog.createdAt,
    updated_at: catalog.updatedAt,
    sort: catalog.sort,
    type: catalog.type,
    can_add_elements: catalog.canAddElements,
    can_show_in_cards: catalog.canShowInCards,
    can_link_multiple: catalog.canLinkMultiple,
    can_be_deleted: catalog.type === "regular",
    sdk_widget_code: null,
    account_id: world.account.id,
    _links: selfLink(place, `catalogs/${catalog.id}`),
  };
}
