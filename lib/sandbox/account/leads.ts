import type { FieldValues } from "./field_values.ts";
import type { LateRows } from "./late_rows.ts";
import { createSortedIndex, type SortedIndex } from "./sorted_index.ts";

/** A catalog element that hangs on a lead. */
export interface ElementLink {
  readonly id: number;
  readonly catalogId: number;
  readonly quantity: number;
  readonly priceId: number | null;
}

/** A contact that hangs on a lead. */
export interface ContactLink {
  readonly id: number;
  readonly isMain: boolean;
}

/** A lead, trashed ones included. Times are unix seconds. */
export interface Lead {
  readonly id: number;
  name: string;
  /** May have decimals; the old `price` shows it cut off. */
  price: number;
  responsibleUserId: number;
  statusId: number;
  pipelineId: number;
  lossReasonId: number | null;
  sourceId: number | null;
  createdBy: number;
  updatedBy: number;
  createdAt: number;
  updatedAt: number;
  closedAt: number | null;
  /** When it went to the trash; null while it lives. */
  trashedAt: number | null;
  fieldValues: FieldValues;
  tagIds: number[];
  contacts: ContactLink[];
  companyId: number | null;
  elements: ElementLink[];
}

export type LeadOrder = "id" | "updated_at" | "created_at";

export type Direction = "asc" | "desc";

/** Which leads are listed, and how. */
export interface LeadSelection {
  readonly isTrash: boolean;
  readonly order: LeadOrder;
  readonly direction: Direction;
  /** Text that is equal for equal filters; "" when there is none. */
  readonly filterKey: string;
  matches(lead: Lead): boolean;
}

/** All leads of the account. Whoever changes one calls `changed`. */
export interface LeadStore {
  /** A lead as it is, to be changed. */
  get(id: number): Lead | undefined;
  /** A lead as look-ups show it, which may be as it was a moment ago. */
  shown(id: number): Lead | undefined;
  add(lead: Lead): void;
  changed(lead: Lead): void;
  remove(id: number): void;
  /** Matching leads in order; the array must not be changed. */
  select(selection: LeadSelection): readonly Lead[];
  all(): Iterable<Lead>;
}

// Ties are broken by id: whole seconds repeat after every import.
const COMPARE: Readonly<Record<LeadOrder, (a: Lead, b: Lead) => number>> = {
  id: (a, b) => a.id - b.id,
  updated_at: (a, b) => a.updatedAt - b.updatedAt || a.id - b.id,
  created_at: (a, b) => a.createdAt - b.createdAt || a.id - b.id,
};

const MAX_CACHED = 16;

/** An empty store with one index for each order, and the last few filtered lists; `onChange` is told how a lead is now. */
export function createLeadStore(
  late: LateRows<Lead>,
  onChange: (id: number, lead: Lead | null) => void = () => {},
): LeadStore {
  const leads = new Map<number, Lead>();
  const indexes = new Map<LeadOrder, SortedIndex<Lead>>();
  const cache = new Map<string, readonly Lead[]>();
  const indexOf = (order: LeadOrder) => {
    const index = indexes.get(order) ??
      createSortedIndex(() => leads.values(), (id) => leads.get(id), COMPARE[order]);
    indexes.set(order, index);
    return index;
  };
  const touch = (id: number) => {
    for (const index of indexes.values()) index.touch(id);
    cache.clear();
  };
  return {
    get(id) {
      const lead = leads.get(id);
      if (lead !== undefined) late.keep(lead);
      return lead;
    },
    shown: (id) => late.ids().has(id) ? late.shown(id) : leads.get(id),
    all: () => leads.values(),
    changed(lead) {
      late.change(lead.id, lead);
      onChange(lead.id, lead);
      touch(lead.id);
    },
    add(lead) {
      leads.set(lead.id, lead);
      late.change(lead.id, lead, true);
      onChange(lead.id, lead);
      touch(lead.id);
    },
    remove(id) {
      late.change(id, undefined);
      onChange(id, null);
      leads.delete(id);
      touch(id);
    },
    select(selection) {
      const lateIds = late.ids();
      if (lateIds.size > 0) return selectLate(leads, late, lateIds, selection);
      const { isTrash, order, direction, filterKey } = selection;
      const key = JSON.stringify([isTrash, order, direction, filterKey]);
      const cached = cache.get(key);
      if (cached !== undefined) return cached;
      const selected = indexOf(order).rows().filter((lead) =>
        (lead.trashedAt !== null) === isTrash && selection.matches(lead)
      );
      if (direction === "desc") selected.reverse();
      if (cache.size >= MAX_CACHED) cache.clear();
      cache.set(key, selected);
      return selected;
    },
  };
}

/** The same without index and cache, over what is shown of each lead. */
function selectLate(
  leads: ReadonlyMap<number, Lead>,
  late: LateRows<Lead>,
  lateIds: ReadonlySet<number>,
  { isTrash, order, direction, matches }: LeadSelection,
): Lead[] {
  const punctual = [...leads.values()].filter(({ id }) => !lateIds.has(id));
  const shown = [...punctual, ...[...lateIds].flatMap((id) => late.shown(id) ?? [])];
  const selected = shown.filter((lead) => (lead.trashedAt !== null) === isTrash && matches(lead))
    .sort(COMPARE[order]);
  return direction === "desc" ? selected.reverse() : selected;
}
