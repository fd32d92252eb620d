import type { Direction, Lead, LeadOrder, LeadSelection } from "../account/leads.ts";
import type { World } from "../account/world.ts";
import { at, type BracketTree, isWithin, parseListQuery, range, texts } from "./bracket_query.ts";
import {
  fieldTests,
  integerTests,
  nameTests,
  queryTests,
  RECORD_INTEGERS,
  RECORD_TIMES,
  type Test,
  timeTests,
} from "./record_filters.ts";

const PAGING = new Set(["page", "limit", "with"]);

/** Reads filters and order; what amoCRM does not understand it ignores, and so does this. */
export function readLeadSelection(world: World, url: URL): LeadSelection {
  const { ignoredFilters } = world.switches;
  const query = parseListQuery(url, ignoredFilters);
  const tests = [
    ...filterTests(query),
    ...fieldTests<Lead>(world, "leads", query),
    ...queryTests<Lead>(world, "leads", query),
  ];
  const kept = [...url.searchParams].filter(([name]) => !PAGING.has(name));
  return {
    isTrash: texts(at(query, "with")).includes("only_deleted"),
    ...readOrder(query),
    filterKey: tests.length === 0 ? "" : JSON.stringify([ignoredFilters, kept]),
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
  ...RECORD_INTEGERS,
  pipeline_id: (lead) => lead.pipelineId,
};

const TIME_FILTERS: Readonly<Record<string, (lead: Lead) => number | null>> = {
  ...RECORD_TIMES,
  closed_at: (lead) => lead.closedAt,
};

function filterTests(query: BracketTree): Test<Lead>[] {
  return [
    ...integerTests(query, INTEGER_FILTERS),
    ...timeTests(query, TIME_FILTERS),
    ...nameTests<Lead>(query),
    ...priceTests(query),
    ...statusTests(query),
  ];
}

function priceTests(query: BracketTree): Test<Lead>[] {
  const node = at(query, "filter", "price");
  const bounds = range(node);
  if (bounds !== undefined) return [(lead) => isWithin(lead.price, bounds)];
  return typeof node === "string" ? [(lead) => lead.price === Number(node)] : [];
}

function statusTests(query: BracketTree): Test<Lead>[] {
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
