import type { FeedEvent } from "../account/events.ts";
import {
  fieldNotExpected,
  type ItemError,
  notSupportedChoice,
  tooMany,
} from "../account/refusals.ts";
import { at, type BracketTree, integers, isWithin, range, texts } from "./bracket_query.ts";
import { validationProblem } from "./problems.ts";
import type { Test } from "./record_filters.ts";
import { Refusal } from "./refusal.ts";

/** Most ids that `filter[created_by]` and `filter[entity_id]` take. */
const MAX_IDS = 10;

const SIDES = ["before", "after"] as const;

const FIELD_CHANGE = /^custom_field_\d+_value_changed$/;

/** What the filters of the event feed ask for. Unlike those of records, a wrong one is refused. */
export function eventTests(query: BracketTree): Test<FeedEvent>[] {
  const errors = [...findMisuse(query), ...SIDES.flatMap((side) => findWrongShapes(query, side))];
  if (errors.length > 0) {
    throw new Refusal(validationProblem([{ request_id: "0", errors }]));
  }
  return [
    ...oneOf(query, "id", (event) => event.id),
    ...oneOf(query, "entity", (event) => event.entityType),
    ...oneOf(query, "entity_id", (event) => String(event.entityId)),
    ...oneOf(query, "created_by", (event) => String(event.createdBy)),
    ...typeTests(query),
    ...timeTests(query),
    ...SIDES.flatMap((side) => valueTests(query, side)),
  ];
}

function oneOf(
  query: BracketTree,
  name: string,
  valueOf: (event: FeedEvent) => string,
): Test<FeedEvent>[] {
  const node = at(query, "filter", name);
  if (node === undefined) return [];
  const wanted = new Set(texts(node));
  return [(event) => wanted.has(valueOf(event))];
}

function findMisuse(query: BracketTree): ItemError[] {
  const errors: ItemError[] = [];
  const isAlone = texts(at(query, "filter", "entity")).length === 1;
  // Ids alone would be ambiguous: leads and contacts may share one.
  if (at(query, "filter", "entity_id") !== undefined && !isAlone) {
    errors.push(notSupportedChoice("filter.entity"));
  }
  for (const name of ["created_by", "entity_id"]) {
    const count = texts(at(query, "filter", name)).length;
    if (count > MAX_IDS) errors.push(tooMany(`filter.${name}`, MAX_IDS));
  }
  const types = texts(at(query, "filter", "type"));
  // The type of one field's changes cannot share a request with others.
  if (types.length > 1 && types.some((type) => FIELD_CHANGE.test(type))) {
    errors.push(notSupportedChoice("filter.type"));
  }
  return errors;
}

/** `custom_field_value_changed` stands for the events of every field, and older names of links for the present ones. */
function typeTests(query: BracketTree): Test<FeedEvent>[] {
  const node = at(query, "filter", "type");
  if (node === undefined) return [];
  const wanted = new Set(texts(node));
  const asksFor = (type: string, entityType: string) =>
    wanted.has(type) ||
    (wanted.has("custom_field_value_changed") && FIELD_CHANGE.test(type)) ||
    (type.startsWith("entity_") && wanted.has(type.replace("entity", entityType)));
  return [({ type, entityType }) => asksFor(type, entityType)];
}

/** `[from]` and `[to]`, "from,to", or a bare number: from then on. */
function timeTests(query: BracketTree): Test<FeedEvent>[] {
  const node = at(query, "filter", "created_at");
  const bounds = range(node);
  if (bounds !== undefined) return [(event) => isWithin(event.createdAt, bounds)];
  const [from, to = Infinity] = typeof node === "string" ? integers(node) ?? [] : [];
  return from === undefined ? [] : [(event) => isWithin(event.createdAt, { from, to })];
}

type Side = (typeof SIDES)[number];

/** A filter of values in a shape that it does not have is refused, not ignored. */
function findWrongShapes(query: BracketTree, side: Side): ItemError[] {
  const node = at(query, "filter", `value_${side}`);
  if (node === undefined) return [];
  const path = `filter.value_${side}`;
  if (!(node instanceof Map)) return [notSupportedChoice(path)];
  return [...node].flatMap(([name, condition]) => {
    if (name === "leads_statuses") {
      return readStages(condition) === undefined ? [notSupportedChoice(`${path}.${name}`)] : [];
    }
    if (name === "responsible_user_id" || name === "custom_field_values") {
      const ids = integers(condition) ?? [];
      const isWhole = ids.length > 0 && ids.length === texts(condition).length;
      return isWhole ? [] : [notSupportedChoice(`${path}.${name}`)];
    }
    return name === "value" ? [] : [fieldNotExpected(`${path}.${name}`)];
  });
}

/** `[i][pipeline_id]` and `[i][status_id]`; undefined for anything else. */
function readStages(
  node: string | BracketTree | undefined,
): { readonly id: number; readonly pipeline_id: number }[] | undefined {
  if (!(node instanceof Map)) return undefined;
  const stages = [...node.values()].map((entry) => ({
    id: entry instanceof Map ? Number(entry.get("status_id")) : NaN,
    pipeline_id: entry instanceof Map ? Number(entry.get("pipeline_id")) : NaN,
  }));
  const isWhole = stages.every((stage) => Object.values(stage).every(Number.isInteger));
  return isWhole ? stages : undefined;
}

function valueTests(query: BracketTree, side: Side): Test<FeedEvent>[] {
  const node = (name: string) => at(query, "filter", `value_${side}`, name);
  const tests: Test<FeedEvent>[] = [];
  const has = (key: string, isWanted: (value: unknown) => boolean) =>
    tests.push((event) => event[side].some((item) => isWanted(Reflect.get(item, key))));
  const stages = readStages(node("leads_statuses"))?.map((stage) => JSON.stringify(stage));
  if (stages !== undefined) has("lead_status", (value) => stages.includes(JSON.stringify(value)));
  const users = integers(node("responsible_user_id"));
  if (users !== undefined) {
    has("responsible_user", (value) => users.includes(numberIn(value, "id")));
  }
  const enums = integers(node("custom_field_values"));
  if (enums !== undefined) {
    has("custom_field_value", (value) => enums.includes(numberIn(value, "enum_id")));
  }
  const wanted = node("value");
  if (typeof wanted === "string") {
    tests.push((event) => event[side].some((item) => hasLeaf(item, wanted)));
  }
  return tests;
}

function numberIn(value: unknown, key: string): number {
  return typeof value === "object" && value !== null ? Number(Reflect.get(value, key)) : NaN;
}

/** Whether a value has this text somewhere, as a text or a number. */
function hasLeaf(value: unknown, wanted: string): boolean {
  if (typeof value !== "object" || value === null) return String(value) === wanted;
  return Object.values(value).some((child) => hasLeaf(child, wanted));
}
