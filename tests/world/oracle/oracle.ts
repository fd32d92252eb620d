import { lastAttempt } from "./answers.ts";
import { followElements } from "./follow_elements.ts";
import { followEvents } from "./follow_events.ts";
import { followLeads } from "./follow_leads.ts";
import { type EventNoted, type Noted, sortOut, type StateNoted } from "./journal.ts";
import type { Landed } from "./landing.ts";
import type { Entity, Reader } from "./records.ts";
import type { ReadingRules, RejectedRow, RunSeen, State, Unknown } from "./state.ts";

/** What STG holds after each run, by what the CRM showed in it. */
export interface Oracle {
  readonly leads: Landed;
  readonly clients: Landed;
  readonly cars: Landed;
  readonly events: Map<string, EventNoted>;
  /** What did not parse, each value of a record once. */
  readonly rejected: ReadonlyMap<string, RejectedRow>;
  /** Upper bounds by the names of the cursors. */
  readonly cursors: Map<string, number>;
  /** What happened and was shown, in order; runs and what is between them. */
  happened(entries: readonly object[]): void;
  /** Follows a run that succeeded; returns what should have been asked for. */
  ran(run: RunSeen): readonly Unknown[];
  /** Events that have landed, by lead. */
  eventsByLead(): Map<number, EventNoted[]>;
  /** All states that leads and elements ever had. */
  readonly lives: Readonly<Record<Entity, Map<number, StateNoted[]>>>;
}

/** An oracle of an empty warehouse. */
export function createOracle(reader: Reader, rules: ReadingRules): Oracle {
  const state: State = {
    reader,
    rules,
    leads: new Map(),
    clients: new Map(),
    cars: new Map(),
    events: new Map(),
    rejected: new Map(),
    cursors: new Map(),
    lives: { leads: new Map(), clients: new Map(), cars: new Map() },
    feed: [],
    lastFullDate: null,
    scan: null,
  };
  return {
    ...state,
    happened: (entries) => remember(state, sortOut(entries)),
    ran: (run) => follow(state, run),
    eventsByLead: () => Map.groupBy(state.events.values(), ({ entityId }) => entityId),
  };
}

function remember(state: State, { leads, elements, events }: Noted): void {
  const { carsCatalogId, clientsCatalogId } = state.reader;
  const add = (entity: Entity, states: readonly StateNoted[]) => {
    for (const one of states) {
      const life = state.lives[entity].get(one.id) ?? [];
      life.push(one);
      state.lives[entity].set(one.id, life);
    }
  };
  add("leads", leads);
  add("cars", elements.get(carsCatalogId) ?? []);
  add("clients", elements.get(clientsCatalogId) ?? []);
  state.feed.push(...events.filter(({ entityType }) => entityType === "lead"));
}

function follow(state: State, run: RunSeen): readonly Unknown[] {
  const answers = lastAttempt(sortOut(run.noted).answers);
  if (run.dagId === "daily_amocrm_load_leads") return followLeads(state, run, answers);
  if (run.dagId === "daily_amocrm_load_events") return followEvents(state, run, answers);
  if (run.dagId === "daily_amocrm_load_cars") return followElements(state, "cars", answers);
  if (run.dagId === "daily_amocrm_load_clients") return followElements(state, "clients", answers);
  return [];
}
