import type { EventNoted } from "./journal.ts";
import { type Opening, openingsOf } from "./history.ts";
import type { StgRow } from "./landing.ts";
import { dig } from "./values.ts";

/** A pipeline and a status of it. */
export interface Stage {
  readonly pipelineId: number;
  readonly statusId: number;
}

/** One row of dds.fact_lead_status_change. Times are unix seconds. */
export interface StatusChange {
  readonly leadId: number;
  readonly changeTs: number;
  readonly earliestTs: number;
  readonly latestTs: number;
  readonly from: Stage;
  readonly to: Stage;
  readonly dwell: number;
  readonly source: "event" | "history" | "gap";
}

/** What is known of a lead's stages: its first one, and every change. */
export interface Walk {
  readonly first: Stage | null;
  readonly changes: readonly StatusChange[];
}

/** Something that says how a lead stood at a time. */
type Item =
  | { readonly kind: "event"; readonly at: number; readonly from: Stage; readonly to: Stage }
  | { readonly kind: "sight"; readonly at: number; readonly opensAt: number; readonly stage: Stage }
  | { readonly kind: "marker"; readonly at: number; readonly opensAt: number };

/** Events of one lead, as far as they have landed. */
export function walkOf(rows: readonly StgRow[], events: readonly EventNoted[]): Walk {
  const [firstRow] = rows;
  if (firstRow === undefined) return { first: null, changes: [] };
  const restored = timesOf(events, "lead_restored");
  const items = [
    ...openingsOf(rows, restored).flatMap(toItem),
    ...events.flatMap(toStatusEvent),
  ];
  const bySecond = Map.groupBy(items, ({ at }) => at);
  let walker = startWalk(firstRow, restored);
  for (const at of [...bySecond.keys()].sort((a, b) => a - b)) {
    walker = bestOrder(walker, bySecond.get(at) ?? []);
  }
  return { first: walker.first, changes: firstOfEachKey(walker.changes) };
}

/** The times of a lead's events of one type. */
export function timesOf(events: readonly EventNoted[], type: string): number[] {
  return events.filter((event) => event.type === type).map(({ createdAt }) => createdAt);
}

function toItem({ row, opensAt }: Opening): Item[] {
  const { observedAt: at, columns } = row;
  if (columns === null) return [{ kind: "marker", at, opensAt }];
  const { pipeline_id: pipelineId, status_id: statusId } = columns;
  if (typeof pipelineId !== "number" || typeof statusId !== "number") return [];
  return [{ kind: "sight", at, opensAt, stage: { pipelineId, statusId } }];
}

function toStatusEvent({ type, createdAt, before, after }: EventNoted): Item[] {
  const [from, to] = [toStage(before), toStage(after)];
  if (type !== "lead_status_changed" || from === null || to === null) return [];
  return isSame(from, to) ? [] : [{ kind: "event", at: createdAt, from, to }];
}

function toStage(side: readonly unknown[]): Stage | null {
  const pipelineId = dig(side, 0, "lead_status", "pipeline_id");
  const statusId = dig(side, 0, "lead_status", "id");
  const isWhole = (value: unknown) =>
    typeof value === "number" && Number.isInteger(value) && value > 0;
  if (!isWhole(pipelineId) || !isWhole(statusId)) return null;
  return { pipelineId: Number(pipelineId), statusId: Number(statusId) };
}

function isSame(a: Stage | null, b: Stage): boolean {
  return a !== null && a.pipelineId === b.pipelineId && a.statusId === b.statusId;
}

/** How far a walk has come. It is never changed, so that several orders can be tried from one. */
interface Walker {
  readonly leadId: number;
  readonly restored: readonly number[];
  readonly first: Stage | null;
  readonly known: Stage | null;
  /** When the visit of the known stage began. */
  readonly since: number;
  /** The time of the last evidence of the known stage. */
  readonly evidenceAt: number;
  /** The opening of the first marker since the last live evidence. */
  readonly deletedAt: number | null;
  readonly breaks: number;
  readonly changes: readonly StatusChange[];
}

function startWalk({ id, columns, observedAt }: StgRow, restored: readonly number[]): Walker {
  const created = columns?.created_at;
  const since = typeof created === "number" ? created : observedAt;
  return {
    leadId: id,
    restored,
    first: null,
    known: null,
    since,
    evidenceAt: since,
    deletedAt: null,
    breaks: 0,
    changes: [],
  };
}

/** The order of one second's items with the fewest breaks; rows keep theirs, events may stand anywhere. */
function bestOrder(walker: Walker, items: readonly Item[]): Walker {
  const rows = items.filter(({ kind }) => kind !== "event");
  const events = items.filter(({ kind }) => kind === "event");
  if (rows.length + events.length === 0) return walker;
  const choices = [
    ...rows.slice(0, 1).map((item) => ({ item, rest: [...rows.slice(1), ...events] })),
    ...events.map((item) => ({ item, rest: [...rows, ...events.filter((one) => one !== item)] })),
  ].sort((a, b) => rank(walker, a.item) - rank(walker, b.item) || byStages(a.item, b.item));
  let best: Walker | undefined;
  for (const { item, rest } of choices) {
    const found = bestOrder(step(walker, item), rest);
    if (best === undefined || found.breaks < best.breaks) best = found;
  }
  return best ?? walker;
}

/** What comes first among orders that are as good. */
function rank({ known }: Walker, item: Item): number {
  if (item.kind === "marker") return 4;
  const isChained = known === null || isSame(known, item.kind === "event" ? item.from : item.stage);
  if (item.kind === "sight") return isChained ? 0 : 2;
  return isChained ? 1 : 3;
}

function byStages(a: Item, b: Item): number {
  if (a.kind !== "event" || b.kind !== "event") return 0;
  return a.from.pipelineId - b.from.pipelineId || a.from.statusId - b.from.statusId ||
    a.to.pipelineId - b.to.pipelineId || a.to.statusId - b.to.statusId;
}

function step(walker: Walker, item: Item): Walker {
  if (item.kind === "marker") {
    return { ...walker, deletedAt: walker.deletedAt ?? item.opensAt };
  }
  const stage = item.kind === "event" ? item.from : item.stage;
  if (walker.known === null) {
    // The same as if the status had been known from the first: a sight after a deletion is a return.
    return step({ ...walker, first: stage, known: stage, evidenceAt: item.at }, item);
  }
  if (item.kind === "event") {
    const chained = isSame(walker.known, stage)
      ? walker
      : change(walker, item.at, stage, item.at, walker.evidenceAt, "gap");
    return change(chained, item.at, item.to, item.at, item.at, "event");
  }
  if (!isSame(walker.known, stage)) {
    const earliest = Math.min(walker.evidenceAt, item.opensAt);
    return change(walker, item.opensAt, stage, item.at, earliest, "history");
  }
  if (walker.deletedAt === null) return { ...walker, evidenceAt: item.at };
  const since = restoredBy(walker, item.at) ?? item.opensAt;
  return { ...walker, since, evidenceAt: item.at, deletedAt: null };
}

/** The last restoring between the deletion and a time; null when the lead is not deleted, or nothing tells of it. */
function restoredBy({ deletedAt, restored }: Walker, at: number): number | null {
  if (deletedAt === null) return null;
  const times = restored.filter((time) => time >= deletedAt && time <= at);
  return times.length > 0 ? Math.max(...times) : null;
}

function change(
  walker: Walker,
  changeTs: number,
  to: Stage,
  latestTs: number,
  earliestTs: number,
  source: StatusChange["source"],
): Walker {
  const { leadId, known: from, deletedAt } = walker;
  if (from === null) throw new Error("Cannot leave a stage that is not known");
  const restored = restoredBy(walker, latestTs);
  const dwell = deletedAt === null
    ? changeTs - walker.since
    : restored !== null && changeTs > restored
    ? changeTs - restored
    : deletedAt - walker.since;
  const row = { leadId, changeTs, earliestTs, latestTs, from, to, source };
  return {
    ...walker,
    known: to,
    since: Math.max(changeTs, restored ?? -Infinity),
    evidenceAt: latestTs,
    deletedAt: null,
    breaks: walker.breaks + Number(source !== "event"),
    changes: [...walker.changes, { ...row, dwell: Math.max(0, dwell) }],
  };
}

/** Two changes with one key: the first stands. */
function firstOfEachKey(changes: readonly StatusChange[]): readonly StatusChange[] {
  const seen = new Set<string>();
  return changes.filter(({ changeTs, from, to }) => {
    const key = JSON.stringify([changeTs, from, to]);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
