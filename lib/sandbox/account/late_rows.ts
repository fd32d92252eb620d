import type { SandboxClock } from "./clock.ts";
import type { Switches } from "./switches.ts";

/** What lists and look-ups still show of rows that have just been changed; see the switch `changeLagMs`. */
export interface LateRows<Row> {
  /** Somebody is about to change the row: what it shows until then is kept. */
  keep(row: Row): void;
  /** The row is new, changed or, undefined, gone: that shows later. */
  change(id: number, row: Row | undefined, isNew?: boolean): void;
  /** The ids of rows that are not shown as they are. */
  ids(): ReadonlySet<number>;
  /** What is shown of one of those; undefined: nothing. */
  shown(id: number): Row | undefined;
}

/** A row as it is shown from a time on; undefined: it is not shown. */
interface Version<Row> {
  readonly fromMs: number;
  readonly row: Row | undefined;
}

/** Nothing is late while the switch is 0. */
export function createLateRows<Row extends { readonly id: number }>(
  clock: SandboxClock,
  switches: Switches,
): LateRows<Row> {
  const kept = new Map<number, Row>();
  const late = new Map<number, Version<Row>[]>();
  const prune = () => {
    const now = clock.nowMs();
    for (const [id, versions] of late) {
      if ((versions.at(-1)?.fromMs ?? 0) <= now) late.delete(id);
    }
  };
  return {
    keep(row) {
      if (switches.changeLagMs > 0 && !kept.has(row.id)) kept.set(row.id, structuredClone(row));
    },
    change(id, row, isNew = false) {
      const before = kept.get(id);
      kept.delete(id);
      prune();
      // A change that shows at once overtakes those that are still late.
      if (switches.changeLagMs === 0 && !late.has(id)) return;
      const versions = late.get(id) ??
        [{ fromMs: -Infinity, row: isNew ? undefined : before ?? structuredClone(row) }];
      const fromMs = clock.nowMs() + switches.changeLagMs;
      late.set(id, [...versions, { fromMs, row: structuredClone(row) }]);
    },
    ids() {
      prune();
      return new Set(late.keys());
    },
    shown(id) {
      const now = clock.nowMs();
      return late.get(id)?.findLast(({ fromMs }) => fromMs <= now)?.row;
    },
  };
}
