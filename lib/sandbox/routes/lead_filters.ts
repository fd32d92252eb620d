import { enumIdOf, textsOf } from "../account/field_values.ts";
import type { Direction, Lead, LeadOrder, LeadSelection } from "../account/leads.ts";
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

type Test = (lead: Lead) => boolean;

const PAGING = new Set(["page", "limit", "with"]);

/** Reads filters and order; what amoCRM does not understand it ignores, and so does this. */
export function readLeadSelection(world: World, url: URL): LeadSelection {
  const query = parseBrackets(url.search);
  const tests = [...filterTests(query), ...fieldTests(world, query), ...queryTests(world, query)];
  const kept = [...url.searchParams].filter(([name]) => !PAGING.has(name));
  return {
    isTrash: texts(at(query, "with")).includes("only_deleted"),
    ...readOrder(query),
    filterKey: tests.length === 0 ? "" : JSON.stringify(kept),
    matches: (lead) => tests.every((test) => test(lead)),
  };
}

function readOrder(query: BracketTree): { order: LeadOrder; direction: Direction } {
  for (const order of ["id", "updated_at", "created_at"] as const) {
    const direction = at(query, "order", order);
    if (direction !== undefined) return { order, direction: direction === "desc" ? "desc" : "asc" };
  }
  return { order: "updated_at", direction: "asc" };
}

const INTEGER_FILTERS: Readonly<Record<string, (lead: Lead) => number>> = {
  id: (lead) => lead.id,
  pipeline_id: (lead) => lead.pipelineId,
  created_by: (lead) => lead.createdBy,
  updated_by: (lead) => lead.updatedBy,
  responsible_user_id: (lead) => lead.responsibleUserId,
};

const TIME_FILTERS: Readonly<Record<string, (lead: Lead) => number | null>> = {
  created_at: (lead) => lead.createdAt,
  updated_at: (lead) => lead.updatedAt,
  closed_at: (lead) => lead.closedAt,
  closest_task_at: () => null,
};

function filterTests(query: BracketTree): Test[] {
  const tests: Test[] = [];
  for (const [name, valueOf] of Object.entries(INTEGER_FILTERS)) {
    const wanted = integers(at(query, "filter", name));
    if (wanted === undefined) continue;
    const set = new Set(wanted);
    tests.push((lead) => set.has(valueOf(lead)));
  }
  for (const [name, valueOf] of Object.entries(TIME_FILTERS)) {
    const node = at(query, "filter", name);
    // A bare number is accepted and finds nothing; only [from] and [to] work.
    if (typeof node === "string") tests.push(() => false);
    const bounds = range(node);
    if (bounds !== undefined) tests.push((lead) => isWithinOrNull(valueOf(lead), bounds));
  }
  return [...tests, ...nameAndPriceTests(query), ...statusTests(query)];
}

function isWithinOrNull(value: number | null, bounds: { from: number; to: number }): boolean {
  return value !== null && isWithin(value, bounds);
}

function nameAndPriceTests(query: BracketTree): Test[] {
  const tests: Test[] = [];
  const nameNode = at(query, "filter", "name");
  // A name may hold a comma, so a scalar is one name, not a list.
  const names = typeof nameNode === "string" ? [nameNode] : texts(nameNode);
  if (names.length > 0) {
    const wanted = new Set(names.map((name) => name.toLowerCase()));
    tests.push((lead) => wanted.has(lead.name.toLowerCase()));
  }
  const priceNode = at(query, "filter", "price");
  const bounds = range(priceNode);
  if (bounds !== undefined) tests.push((lead) => isWithin(lead.price, bounds));
  else if (typeof priceNode === "string") tests.push((lead) => lead.price === Number(priceNode));
  return tests;
}

function statusTests(query: BracketTree): Test[] {
  const node = at(query, "filter", "statuses");
  if (!(node instanceof Map)) return [];
  const stages = new Set<string>();
  for (const entry of node.values()) {
    // A bare number instead of a stage is ignored.
    if (!(entry instanceof Map)) continue;
    const pipeline = entry.get("pipeline_id");
    const status = entry.get("status_id");
    if (typeof status !== "string") continue;
    // Without a pipeline the stage counts in each: 142 finds what was won anywhere.
    stages.add(`${typeof pipeline === "string" ? Number(pipeline) : "any"}:${Number(status)}`);
  }
  if (stages.size === 0) return [];
  return [
    ({ pipelineId, statusId }) =>
      stages.has(`${pipelineId}:${statusId}`) || stages.has(`any:${statusId}`),
  ];
}

/** `filter[custom_fields_values][ID]`: values or enum ids, or `[from]`/`[to]` for numbers and dates. */
function fieldTests(world: World, query: BracketTree): Test[] {
  const node = at(query, "filter", "custom_fields_values");
  if (!(node instanceof Map)) return [];
  const fields = world.fields.of("leads");
  return [...node].flatMap(([id, condition]): Test[] => {
    const field = fields.get(Number(id));
    if (field === undefined) return [];
    const bounds = range(condition);
    const wanted = new Set(typeof condition === "string" ? [condition] : texts(condition));
    return [(lead) => {
      const stored = lead.fieldValues.get(field.id) ?? [];
      const shown = textsOf(field, stored);
      if (bounds !== undefined) return shown.some((text) => isWithin(Number(text), bounds));
      return shown.some((text) => wanted.has(text)) ||
        stored.some((value) => wanted.has(String(enumIdOf(value))));
    }];
  });
}

/** `query=` looks for a piece of text in the name and in the fields. */
function queryTests(world: World, query: BracketTree): Test[] {
  const node = query.get("query");
  if (typeof node !== "string" || node === "") return [];
  const wanted = node.toLowerCase();
  const fields = world.fields.of("leads");
  return [(lead) =>
    lead.name.toLowerCase().includes(wanted) || String(lead.id) === wanted ||
    [...lead.fieldValues].some(([id, stored]) => {
      const field = fields.get(id);
      if (field === undefined) return false;
      return textsOf(field, stored).some((text) => text.toLowerCase().includes(wanted));
    })];
}
