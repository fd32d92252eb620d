import type { Hono } from "hono";
import type { FeedEvent } from "../account/events.ts";
import { type Place, selfLink } from "../account/links.ts";
import type { World } from "../account/world.ts";
import { at, parseListQuery, texts } from "./bracket_query.ts";
import { eventTests } from "./event_filters.ts";
import { listResponse, placeOf, readHeavyPage } from "./paging.ts";
import { hal, noContent } from "./problems.ts";

// 1 and 7 are documented, up to 73 commonly cited; the numbers from 900 on are made up.
const EVENT_TYPES: Readonly<Record<string, number>> = {
  lead_added: 1,
  contact_added: 2,
  company_added: 3,
  lead_deleted: 7,
  lead_restored: 8,
  lead_status_changed: 14,
  entity_responsible_changed: 25,
  entity_tag_added: 63,
  entity_tag_deleted: 64,
  sale_field_changed: 69,
  name_field_changed: 70,
  entity_linked: 72,
  entity_unlinked: 73,
  entity_merged: 900,
  custom_field_value_changed: 901,
  catalog_element_added: 902,
  catalog_element_deleted: 903,
};

/** The account's log of changes. */
export function addEventRoutes(app: Hono, world: World): void {
  app.get("/api/v4/events", (context) => {
    const url = new URL(context.req.url);
    const query = parseListQuery(url, world.switches.ignoredFilters);
    const tests = eventTests(query);
    const rows = world.events.visible().filter((event) => tests.every((test) => test(event)));
    if (world.switches.eventsOrder === "desc") rows.reverse();
    const wanted = new Set(texts(at(query, "with")));
    const render = (event: FeedEvent, place: Place) => renderEvent(world, event, wanted, place);
    const page = readHeavyPage(url, world.switches, 50, world.switches.eventsPageLimit);
    return listResponse(context, "events", rows, render, { page, switches: world.switches });
  });
  app.get("/api/v4/events/types", (context) => {
    const types = Object.entries(EVENT_TYPES).map(([key, type]) => ({ key, type, lang: key }));
    return hal({
      _total_items: types.length,
      _links: { self: { href: context.req.url } },
      _embedded: { events_types: types },
    });
  });
  app.get("/api/v4/events/:id", (context) => {
    const event = world.events.visible().find(({ id }) => id === context.req.param("id"));
    if (event === undefined) return noContent();
    return hal(renderEvent(world, event, new Set(), placeOf(context)));
  });
}

function renderEvent(
  world: World,
  event: FeedEvent,
  wanted: ReadonlySet<string>,
  place: Place,
): object {
  const bare = { ...place, pageQuery: "" };
  const entity = describeEntity(world, event);
  const isNamed = entity.nameKeys.some((key) => wanted.has(key));
  return {
    id: event.id,
    type: event.type,
    entity_id: event.entityId,
    entity_type: event.entityType,
    created_by: event.createdBy,
    created_at: event.createdAt,
    value_after: event.after,
    value_before: event.before,
    account_id: world.account.id,
    _links: selfLink(bare, `events/${event.id}`),
    _embedded: {
      entity: {
        id: event.entityId,
        ...(isNamed ? { name: entity.name } : {}),
        _links: selfLink(bare, entity.path),
      },
    },
  };
}

/** What the feed can say of an entity besides its id; `nameKeys` are the words of `with=` that ask for the name. */
function describeEntity(
  world: World,
  { entityType, entityId: id }: FeedEvent,
): { readonly path: string; readonly name: string; readonly nameKeys: readonly string[] } {
  const nameKeys = [`${entityType}_name`];
  if (entityType === "lead") {
    return { path: `leads/${id}`, name: world.leads.get(id)?.name ?? "", nameKeys };
  }
  if (entityType === "contact" || entityType === "company") {
    const kind = entityType === "contact" ? "contacts" : "companies";
    return { path: `${kind}/${id}`, name: world[kind].get(id)?.name ?? "", nameKeys };
  }
  return {
    path: `${entityType.replace("catalog_", "catalogs/")}/elements/${id}`,
    name: world.elements.get(id)?.name ?? "",
    nameKeys: ["catalog_element_name"],
  };
}
