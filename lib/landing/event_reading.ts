import type { Account } from "../amocrm/account.ts";
import type { LeadEvent } from "../amocrm/events.ts";
import type { TaskContext } from "../dag/dag.ts";
import type { EventCursor } from "./event_cursor.ts";
import type { Crm } from "./extraction.ts";
import type { SnapshotWriter } from "./snapshot.ts";

/** A read of the events of leads, and of all that they are evidence of. */
export interface EventReading {
  readonly context: TaskContext;
  readonly crm: Crm;
  readonly account: Account;
  readonly cursor: EventCursor;
  readonly snapshot: SnapshotWriter;
  /** Leads to be asked for by id, since new events mention them. */
  readonly mentioned: Set<number>;
  readonly deletions: Deletions;
}

/** Which leads are deleted by the events that were read. */
export interface Deletions {
  /** Takes events in any order. */
  note(event: LeadEvent): void;
  /**
   * Whether the last deletion or return of a lead was a deletion at `since` (unix seconds) or later: nobody has to
   * look for it. One from before the lead was seen the last time says nothing of where it is now.
   */
  isDeleted(leadId: number, since: number): boolean;
}

export function createDeletions(): Deletions {
  const last = new Map<number, { readonly at: number; readonly isDeletion: boolean }>();
  return {
    note({ leadId, type, createdAt: at }) {
      if (type !== "lead_deleted" && type !== "lead_restored") return;
      const before = last.get(leadId);
      const isDeletion = type === "lead_deleted";
      // Of two in one second nobody knows the order: a lead that may be there is looked for.
      const isLater = !before || at > before.at || (at === before.at && !isDeletion);
      if (isLater) last.set(leadId, { at, isDeletion });
    },
    isDeleted(leadId, since) {
      const found = last.get(leadId);
      return found !== undefined && found.isDeletion && found.at >= since;
    },
  };
}
