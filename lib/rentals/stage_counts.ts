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

/**
 * Counts in the proportions of `counts`, of which one must be above 0, that sum up to `total` exactly.
 *
 * Every stage gets its share rounded down; what is left goes to the stages with the largest fractions (the
 * method of largest remainders), in the order of the stages when they are equal.
 */
export function scaleCounts(counts: StageCounts, total: number): StageCounts {
  const whole = sumOf(counts);
  // In whole numbers, because a fraction of 0.1 + 0.2 decides otherwise than one of 0.3.
  const shares = STAGES.map((stage) => ({
    stage,
    leads: Math.floor((counts[stage] * total) / whole),
    remainder: (counts[stage] * total) % whole,
  }));
  const rest = total - shares.reduce((sum, { leads }) => sum + leads, 0);
  const luckiest = [...shares].sort((a, b) => b.remainder - a.remainder).slice(0, rest);
  return toCounts((stage) => {
    const share = shares.find((one) => one.stage === stage);
    return (share?.leads ?? 0) + (luckiest.some((one) => one.stage === stage) ? 1 : 0);
  });
}

/** Counts by a function of the stage. */
export function toCounts(countOf: (stage: Stage) => number): StageCounts {
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
