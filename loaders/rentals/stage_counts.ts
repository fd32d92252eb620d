import { type Stage, STAGES } from "./stages.ts";

/** How many leads of each stage. */
export type StageCounts = Readonly<Record<Stage, number>>;

/** What a busy company of a dozen cars has in its pipeline: 106 leads. */
export const DEFAULT_COUNTS: StageCounts = {
  inquiry: 15,
  quote: 12,
  deposit: 12,
  confirmed: 20,
  on_rent: 6,
  returned: 25,
  closed: 0,
  cancelled: 16,
};

/** All leads of all stages. */
export function sumOf(counts: StageCounts): number {
  return STAGES.reduce((sum, stage) => sum + counts[stage], 0);
}

/** How many of `leads` are in each stage; those in none of them are not counted. */
export function countByStage(leads: readonly { readonly stage: Stage | null }[]): StageCounts {
  return toCounts((stage) => leads.filter((lead) => lead.stage === stage).length);
}

/**
 * Counts in the proportions of `counts`, of which one must be above 0, that sum up to `total` exactly.
 *
 * Every stage gets its share rounded down; what is left goes to the stages with the largest fractions (the
 * method of largest remainders), in the order of the stages when they are equal.
 */
export function scaleCounts(counts: StageCounts, total: number): StageCounts {
  const whole = sumOf(counts);
  // In whole numbers, because a fraction of 0.1 + 0.2 decides otherwise than one of 0.3.
  const remainderOf = (stage: Stage) => (counts[stage] * total) % whole;
  const floors = toCounts((stage) => Math.floor((counts[stage] * total) / whole));
  const luckiest = [...STAGES].sort((a, b) => remainderOf(b) - remainderOf(a))
    .slice(0, total - sumOf(floors));
  return toCounts((stage) => floors[stage] + (luckiest.includes(stage) ? 1 : 0));
}

/** Reads "confirmed=30,closed=6": the named stages of `counts` get other counts; null when it is none of that. */
export function parseCounts(text: string, counts: StageCounts): StageCounts | null {
  const changed: Partial<Record<Stage, number>> = {};
  for (const part of text.split(",")) {
    const [, name, count] = /^([a-z_]+)=(\d{1,6})$/.exec(part.trim()) ?? [];
    const stage = STAGES.find((one) => one === name);
    if (stage === undefined) return null;
    changed[stage] = Number(count);
  }
  const all = { ...counts, ...changed };
  return sumOf(all) > 0 ? all : null;
}

function toCounts(countOf: (stage: Stage) => number): StageCounts {
  return {
    inquiry: countOf("inquiry"),
    quote: countOf("quote"),
    deposit: countOf("deposit"),
    confirmed: countOf("confirmed"),
    on_rent: countOf("on_rent"),
    returned: countOf("returned"),
    closed: countOf("closed"),
    cancelled: countOf("cancelled"),
  };
}
