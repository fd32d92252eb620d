import type { EventNoted, StateNoted } from "./journal.ts";
import type { Landed } from "./landing.ts";
import type { Entity, Reader } from "./records.ts";

/** A run of a DAG that reads the CRM: what it was answered, if everything of it succeeded. */
export interface RunSeen {
  readonly dagId: string;
  readonly logicalDate: string;
  readonly isFull: boolean;
  readonly noted: readonly object[];
}

/** Settings that decide what a read must show. */
export interface ReadingRules {
  readonly overlapMinutes: number;
  readonly eventsOverlapMinutes: number;
  /** ISO weekday. */
  readonly fullScanWeekday: number;
  readonly rentalPipelineId: number;
}

/** Something that the warehouse should know by now and cannot, because it was not asked for. */
export interface Unknown {
  readonly entity: Entity | "events" | "run";
  readonly id: number | string;
  readonly why: string;
}

/** A value of a record that did not parse. */
export interface RejectedRow {
  readonly entity: Entity;
  readonly entity_id: number;
  readonly field: string;
  readonly raw: string;
}

/** The last read of all leads, and the known ones that it did not show. */
export interface Scan {
  readonly startedAt: number;
  readonly missing: ReadonlySet<number>;
}

/** What an oracle remembers from run to run. */
export interface State {
  readonly reader: Reader;
  readonly rules: ReadingRules;
  readonly leads: Landed;
  readonly clients: Landed;
  readonly cars: Landed;
  readonly events: Map<string, EventNoted>;
  readonly rejected: Map<string, RejectedRow>;
  readonly cursors: Map<string, number>;
  readonly lives: Record<Entity, Map<number, StateNoted[]>>;
  /** Every event that ever happened. */
  readonly feed: EventNoted[];
  lastFullDate: string | null;
  scan: Scan | null;
}
