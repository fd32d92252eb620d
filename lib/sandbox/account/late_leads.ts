import type { SandboxClock } from "./clock.ts";
import type { Lead } from "./leads.ts";
import type { Switches } from "./switches.ts";

/** What lists and look-ups still show of leads that have just been changed; see the switch `changeLagMs`. */
export interface LateLeads {
  /** Somebody is about to change the lead: what it shows until then is kept. */
  keep(lead: Lead): void;
  /** The lead is new, changed or, undefined, gone: that shows later. */
  change(id: number, lead: Lead | undefined, isNew?: boolean): void;
  /** The ids of leads that are not shown as they are. */
  ids(): ReadonlySet<number>;
  /** What is shown of one of those; undefined: nothing. */
  shown(id: number): Lead | undefined;
}

/** A lead as it is shown from a time on; undefined: it is not shown. */
interface Version {
  readonly fromMs: number;
  readonly lead: Lead | undefined;
}

/** Nothing is late while the switch is 0. */
export function createLateLeads(clock: SandboxClock, switches: Switches): LateLeads {
  const kept = new Map<number, Lead>();
  const late = new Map<number, Version[]>();
  const prune = () => {
    const now = clock.nowMs();
    for (const [id, versions] of late) {
      if ((versions.at(-1)?.fromMs ?? 0) <= now) late.delete(id);
    }
  };
  return {
    keep(lead) {
      if (switches.changeLagMs > 0 && !kept.has(lead.id)) kept.set(lead.id, structuredClone(lead));
    },
    change(id, lead, isNew = false) {
      const before = kept.get(id);
      kept.delete(id);
      if (switches.changeLagMs === 0) return;
      const versions = late.get(id) ??
        [{ fromMs: -Infinity, lead: isNew ? undefined : before ?? structuredClone(lead) }];
      const fromMs = clock.nowMs() + switches.changeLagMs;
      late.set(id, [...versions, { fromMs, lead: structuredClone(lead) }]);
    },
    ids() {
      prune();
      return new Set(late.keys());
    },
    shown(id) {
      const now = clock.nowMs();
      return late.get(id)?.findLast(({ fromMs }) => fromMs <= now)?.lead;
    },
  };
}
