import type { Context, Hono } from "hono";
import { z } from "zod";
import type { CatalogElement } from "../account/catalogs.ts";
import type { FieldOwner } from "../account/custom_fields.ts";
import { recordFieldChange } from "../account/field_events.ts";
import {
  applyFieldWrite,
  type FieldWrite,
  readFieldWrites,
  renderFieldValues,
  textsOf,
} from "../account/field_values.ts";
import { type Place, selfLink } from "../account/links.ts";
import { notSupportedChoice } from "../account/refusals.ts";
import type { World } from "../account/world.ts";
import { asItem, asList, batchResponse, type BatchWrite, readJson, writeBatch } from "./batch.ts";
import { at, integers, parseListQuery } from "./bracket_query.ts";
import { requireCatalog } from "./catalogs.ts";
import { fieldValuesSchema } from "./lead_input.ts";
import { listResponse, placeOf, readHeavyPage } from "./paging.ts";
import { hal, noContent } from "./problems.ts";
import { checkUsers } from "./user_check.ts";

// The server's own default was raised from 50 in August 2023.
const DEFAULT_LIMIT = 100;

const elementSchema = z.strictObject({
  id: z.int().optional(),
  name: z.string().min(1).optional(),
  created_by: z.int().nullish(),
  updated_by: z.int().nullish(),
  created_at: z.int().min(0).nullish(),
  updated_at: z.int().min(0).nullish(),
  custom_fields_values: fieldValuesSchema.optional(),
});

type ElementInput = z.infer<typeof elementSchema>;

/** The owner of the fields of a catalog's elements. */
export function fieldOwnerOf(catalogId: number): FieldOwner {
  return `catalogs/${catalogId}`;
}

/** Lists, look-ups and writes of elements. */
export function addElementRoutes(app: Hono, world: World): void {
  const path = "/api/v4/catalogs/:catalog{[0-9]+}/elements";
  const catalogOf = (context: Context) =>
    requireCatalog(world, Number(context.req.param("catalog"))).id;
  app.get(path, (context) => {
    const url = new URL(context.req.url);
    const rows = selectElements(world, catalogOf(context), url);
    const render = (element: CatalogElement, place: Place) => renderElement(world, element, place);
    const options = {
      page: readHeavyPage(url, world.switches, DEFAULT_LIMIT),
      switches: world.switches,
    };
    return listResponse(context, "elements", rows, render, options);
  });
  app.get(`${path}/:id{[0-9]+}`, (context) => {
    const element = findElement(world, catalogOf(context), Number(context.req.param("id")));
    if (element === undefined) return noContent();
    return hal(renderElement(world, element, placeOf(context)));
  });
  app.post(path, async (context) => {
    const write = elementCreation(world, catalogOf(context), placeOf(context));
    const items = asList(await readJson(context));
    return batchResponse(context, "elements", writeBatch(world, items, write));
  });
  app.patch(path, async (context) => {
    const write = elementUpdate(world, catalogOf(context), placeOf(context));
    const items = asList(await readJson(context));
    return batchResponse(context, "elements", writeBatch(world, items, write));
  });
  app.patch(`${path}/:id{[0-9]+}`, async (context) => {
    const write = elementUpdate(world, catalogOf(context), placeOf(context));
    const item = asItem(await readJson(context), Number(context.req.param("id")));
    return hal(writeBatch(world, [item], write).written[0]);
  });
}

/** A living element of a catalog. */
export function findElement(
  world: World,
  catalogId: number,
  id: number,
): CatalogElement | undefined {
  const element = world.elements.get(id);
  return element?.catalogId === catalogId && !element.isDeleted ? element : undefined;
}

/** Elements by id; there is neither an order nor a filter by time. `id[]` is what the official client sends. */
function selectElements(world: World, catalogId: number, url: URL): CatalogElement[] {
  const query = parseListQuery(url, world.switches.ignoredFilters);
  const ids = integers(at(query, "filter", "id")) ?? integers(query.get("id"));
  const wanted = query.get("query");
  const text = typeof wanted === "string" ? wanted.toLowerCase() : "";
  return [...world.elements.values()].filter((element) =>
    element.catalogId === catalogId &&
    (!element.isDeleted || world.switches.showDeletedElements) &&
    (ids === undefined || ids.includes(element.id)) &&
    (text === "" || hasText(world, element, text))
  );
}

function hasText(world: World, element: CatalogElement, text: string): boolean {
  if (element.name.toLowerCase().includes(text)) return true;
  const fields = world.fields.of(fieldOwnerOf(element.catalogId));
  return [...element.fieldValues].some(([id, stored]) => {
    const field = fields.get(id);
    return field !== undefined &&
      textsOf(field, stored).some((shown) => shown.toLowerCase().includes(text));
  });
}

interface ElementWrite {
  readonly input: ElementInput;
  readonly element: CatalogElement | undefined;
  readonly fieldWrites: readonly FieldWrite[];
}

function elementCreation(
  world: World,
  catalogId: number,
  place: Place,
): BatchWrite<ElementInput, ElementWrite> {
  return {
    schema: elementSchema.required({ name: true }),
    numbersItems: true,
    check: (input, errors) => ({
      input,
      element: undefined,
      fieldWrites: readFields(world, catalogId, input, errors),
    }),
    apply(write) {
      const now = world.clock.seconds();
      const element: CatalogElement = {
        id: world.nextId("element"),
        catalogId,
        name: "",
        createdBy: write.input.created_by ?? 0,
        updatedBy: 0,
        createdAt: write.input.created_at ?? now,
        updatedAt: now,
        isDeleted: false,
        fieldValues: new Map(),
      };
      applyElement(world, element, write);
      world.elements.set(element.id, element);
      world.journal.elementChanged(element);
      const after = [{ note: { id: world.nextId("note") } }];
      world.events.record({ type: "catalog_element_added", ...eventEntity(element), after });
      return renderElement(world, element, place);
    },
  };
}

function elementUpdate(
  world: World,
  catalogId: number,
  place: Place,
): BatchWrite<ElementInput, ElementWrite> {
  return {
    schema: elementSchema.required({ id: true }),
    numbersItems: false,
    check(input, errors) {
      const element = findElement(world, catalogId, input.id ?? 0);
      if (element === undefined) errors.push(notSupportedChoice("id"));
      return { input, element, fieldWrites: readFields(world, catalogId, input, errors) };
    },
    apply(write) {
      if (write.element === undefined) {
        throw new Error("Cannot update an element: it was not found");
      }
      updateElement(world, write.element, write);
      return renderElement(world, write.element, place);
    },
  };
}

function readFields(
  world: World,
  catalogId: number,
  input: ElementInput,
  errors: Parameters<typeof readFieldWrites>[3],
): FieldWrite[] {
  checkUsers(world, input, errors);
  const values = input.custom_fields_values ?? [];
  return readFieldWrites(world, fieldOwnerOf(catalogId), values, errors);
}

/** The feed names an element by its catalog too; how it calls creation and deletion is a guess. */
export function eventEntity(element: CatalogElement) {
  return {
    entityId: element.id,
    entityType: `catalog_${element.catalogId}`,
    createdBy: element.updatedBy,
  };
}

/** Writes an element that is there, with an event for each thing that is different afterwards. */
function updateElement(world: World, element: CatalogElement, write: ElementWrite): void {
  const before = new Map(element.fieldValues);
  const name = element.name;
  applyElement(world, element, write);
  world.journal.elementChanged(element);
  const entity = eventEntity(element);
  if (element.name !== name) {
    world.events.record({
      type: "name_field_changed",
      ...entity,
      before: [{ name_field_value: { name } }],
      after: [{ name_field_value: { name: element.name } }],
    });
  }
  for (const { field, values } of write.fieldWrites) {
    const old = before.get(field.id) ?? [];
    if (JSON.stringify(old) !== JSON.stringify(values)) {
      recordFieldChange(world, entity, field, old, values);
    }
  }
}

function applyElement(
  world: World,
  element: CatalogElement,
  { input, fieldWrites }: ElementWrite,
): void {
  const now = world.clock.seconds();
  element.name = input.name ?? element.name;
  element.updatedBy = input.updated_by ?? 0;
  for (const fieldWrite of fieldWrites) applyFieldWrite(element.fieldValues, fieldWrite);
  element.updatedAt = world.switches.honoursUpdatedAt ? input.updated_at ?? now : now;
}

/** Writes too are answered with the whole element, unlike those of leads. */
export function renderElement(world: World, element: CatalogElement, place: Place): object {
  const { id, name, catalogId } = element;
  return {
    id,
    name,
    created_by: element.createdBy,
    updated_by: element.updatedBy,
    created_at: element.createdAt,
    updated_at: element.updatedAt,
    // Null, not false, for a living one.
    is_deleted: element.isDeleted ? true : null,
    custom_fields_values: renderFieldValues(world, fieldOwnerOf(catalogId), element.fieldValues),
    catalog_id: catalogId,
    account_id: world.account.id,
    _links: selfLink(place, `catalogs/${catalogId}/elements/${id}`),
  };
}
