import { PAGE_SIZE } from "./lead_page.ts";

/** A stretch of creation times that one worker reads from its old end to its new one. */
export interface Range {
  /** Unix seconds; everything before it is read, of this second itself what `seen` holds. */
  from: number;
  /** Unix seconds, included. Another worker may take the newer part away at any time. */
  to: number;
  /** Id and `updated_at` of the leads of the second `from` that were handed on already. */
  seen: ReadonlyMap<number, number>;
  /** Leads per second of creation time, as far as this stretch is known. */
  density: number;
}

// A smaller rest is read sooner by its owner than by two workers with a request more each.
const WORTH_SPLITTING = 2 * PAGE_SIZE;

/** Takes the newer half off the range with the most leads left; null when none is worth it. */
export function splitWidest(ranges: Iterable<Range>): Range | null {
  const [widest] = [...ranges].sort((a, b) => leadsLeft(b) - leadsLeft(a));
  if (!widest || widest.to <= widest.from || leadsLeft(widest) < WORTH_SPLITTING) return null;
  const middle = Math.floor((widest.from + widest.to) / 2);
  const half = { from: middle + 1, to: widest.to, seen: new Map(), density: widest.density };
  widest.to = middle;
  return half;
}

function leadsLeft({ from, to, density }: Range): number {
  return density * (to - from);
}

/** Leads per second between two creation times, of which at least one second is counted. */
export function densityOf(leads: number, oldest: number, newest: number): number {
  return leads / Math.max(1, newest - oldest);
}
