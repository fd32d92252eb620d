import type { Hono } from "hono";
import { at, integers, parseBrackets } from "./bracket_query.ts";
import { eventEntity, fieldOwnerOf } from "./elements.ts";
import { htmlPage } from "./problems.ts";
import { Refusal } from "./refusal.ts";
import type { ElementLink } from "../account/leads.ts";
import type { World } from "../account/world.ts";

/** What an ajax deletion did; a 200 can mean that only some of it went. */
interface Deletion {
  readonly gone: Record<string, object>;
  readonly errors: object[];
}

/** The unofficial ways to delete elements and catalogs: v4 has none. */
export function addCatalogTrashRoutes(app: Hono, world: World): void {
  app.post("/ajax/v1/catalog_elements/set/", async (context) => {
    const form = parseBrackets(await context.req.text());
    const ids = integers(at(form, "request", "catalog_elements", "delete")) ?? [];
    const result = deleteEach(ids, (id) => deleteElement(world, id));
    return context.json(wrap(world, "catalog_elements", result));
  });
  app.post("/ajax/v1/catalogs/set/", async (context) => {
    const form = parseBrackets(await context.req.text());
    const node = at(form, "request", "catalogs", "delete");
    // Only a scalar is understood: a list ends in an error page.
    if (typeof node !== "string") throw new Refusal(htmlPage(500));
    const result = deleteEach([Number(node)], (id) => deleteCatalog(world, id));
    return context.json(wrap(world, "catalogs", result));
  });
}

function deleteEach(ids: readonly number[], remove: (id: number) => boolean): Deletion {
  const result: Deletion = { gone: {}, errors: [] };
  for (const id of ids) {
    if (remove(id)) result.gone[String(id)] = { id };
    else result.errors.push({ id, code: 404, message: "Not found" });
  }
  return result;
}

function deleteElement(world: World, id: number): boolean {
  const element = world.elements.get(id);
  if (element === undefined || element.isDeleted) return false;
  element.isDeleted = true;
  element.updatedAt = world.clock.seconds();
  element.updatedBy = world.account.userId;
  world.journal.elementChanged(element);
  world.events.record({ type: "catalog_element_deleted", ...eventEntity(element) });
  unlinkEverywhere(world, id);
  return true;
}

/** Links go with the element, which changes no `updated_at`. */
function unlinkEverywhere(world: World, id: number): void {
  const isLinked = (owner: { readonly elements: readonly ElementLink[] }) =>
    owner.elements.some((link) => link.id === id);
  const rest = (elements: readonly ElementLink[]) => elements.filter((link) => link.id !== id);
  for (const found of [...world.leads.all()].filter(isLinked)) {
    const lead = world.leads.get(found.id);
    if (lead === undefined) continue;
    lead.elements = rest(lead.elements);
    world.leads.changed(lead);
  }
  for (const owner of [...world.contacts.values(), ...world.companies.values()].filter(isLinked)) {
    owner.elements = rest(owner.elements);
  }
}

/** A catalog takes its elements with it. */
function deleteCatalog(world: World, id: number): boolean {
  for (const element of world.elements.values()) {
    if (element.catalogId === id) deleteElement(world, element.id);
  }
  world.fields.drop(fieldOwnerOf(id));
  return world.catalogs.delete(id);
}

function wrap(world: World, noun: string, { gone, errors }: Deletion): object {
  const deleted = { [noun]: gone, errors };
  return { response: { [noun]: { delete: deleted }, server_time: world.clock.seconds() } };
}
