import type { Hono } from "hono";
import type { FeedEvent } from "../account/events.ts";
import { type Place, selfLink } from "../account/links.ts";
import { notSupportedChoice } from "../account/refusals.ts";
import type { World } from "../account/world.ts";
import {
  at,
  type BracketTree,
  integers,
  isWithin,
  parseBrackets,
  range,
  texts,
} from "./bracket_query.ts";
import { listResponse, placeOf, readHeavyPage } from "./paging.ts";
import { hal, noContent, validationProblem } from "./problems.ts";
import { Refusal } from "./refusal.ts";

type Test = (event: FeedEvent) => boolean;

// 1 and 7 are documented, the others commonly cited.
const EVENT_TYPES: Readonly<Record<string, number>> = {
  lead_added: 1,
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
};

/** The account's log of changes. */
export function addEventRoutes(app: Hono, world: World): void {
  app.get("/api/v4/events", (context) => {
    const url = new URL(context.req.url);
    const query = parseBrackets(url.search);
    const tests = filterTests(query);
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

function filterTests(query: BracketTree): Test[] {
  const tests: Test[] = [];
  const oneOf = (name: string, valueOf: (event: FeedEvent) => string) => {
    const node = at(query, "filter", name);
    if (node === undefined) return;
    const wanted = new Set(texts(node));
    tests.push((event) => wanted.has(valueOf(event)));
  };
  checkEntityFilter(query);
  oneOf("id", (event) => event.id);
  oneOf("entity", (event) => event.entityType);
  oneOf("entity_id", (event) => String(event.entityId));
  oneOf("created_by", (event) => String(event.createdBy));
  return [...tests, ...typeTests(query), ...timeTests(query), ...stageTests(query)];
}

/** `filter[entity_id]` needs exactly one `filter[entity]`. */
function checkEntityFilter(query: BracketTree): void {
  if (at(query, "filter", "entity_id") === undefined) return;
  if (texts(at(query, "filter", "entity")).length === 1) return;
  throw new Refusal(
    validationProblem([{ request_id: "0", errors: [notSupportedChoice("filter.entity")] }]),
  );
}

/** `custom_field_value_changed` stands for the events of every field, which carry their field's id. */
function typeTests(query: BracketTree): Test[] {
  const node = at(query, "filter", "type");
  if (node === undefined) return [];
  const wanted = new Set(texts(node));
  const isFieldChange = (type: string) => /^custom_field_\d+_value_changed$/.test(type);
  return [
    ({ type }) =>
      wanted.has(type) || (wanted.has("custom_field_value_changed") && isFieldChange(type)),
  ];
}

/** A bare number means "from then on". */
function timeTests(query: BracketTree): Test[] {
  const node = at(query, "filter", "created_at");
  const bounds = range(node);
  if (bounds !== undefined) return [(event) => isWithin(event.createdAt, bounds)];
  const [from] = typeof node === "string" ? integers(node) ?? [] : [];
  return from === undefined ? [] : [(event) => event.createdAt >= from];
}

/** `filter[value_before|value_after][leads_statuses][i][pipeline_id|status_id]`. */
function stageTests(query: BracketTree): Test[] {
  return (["before", "after"] as const).flatMap((side): Test[] => {
    const node = at(query, "filter", `value_${side}`, "leads_statuses");
    if (!(node instanceof Map)) return [];
    const stages = [...node.values()].flatMap((entry) =>
      entry instanceof Map
        ? [JSON.stringify([{
          lead_status: {
            id: Number(entry.get("status_id")),
            pipeline_id: Number(entry.get("pipeline_id")),
          },
        }])]
        : []
    );
    return [(event) => stages.includes(JSON.stringify(event[side]))];
  });
}

function renderEvent(
  world: World,
  event: FeedEvent,
  wanted: ReadonlySet<string>,
  place: Place,
): object {
  const name = event.entityType === "lead" && wanted.has("lead_name")
    ? { name: world.leads.get(event.entityId)?.name ?? "" }
    : {};
  const plural = event.entityType === "company" ? "companies" : `${event.entityType}s`;
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
    _links: selfLink({ ...place, pageQuery: "" }, `events/${event.id}`),
    _embedded: {
      entity: {
        id: event.entityId,
        ...name,
        _links: selfLink({ ...place, pageQuery: "" }, `${plural}/${event.entityId}`),
      },
    },
  };
}
