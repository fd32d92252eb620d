import type { WorldOptions } from "./world.ts";

/** Tells whether a world differs. */
export type Differs = (options: WorldOptions) => Promise<boolean>;

const SIZES = ["days", "maxLeads"] as const;

/**
 * The smallest number of days, and with it of leads, at which a world of this seed still differs, as far as `tries`
 * lives find it. A smaller world is another one in part, so this finds a small one, not always the smallest.
 */
export async function shrinkWorld(
  options: WorldOptions,
  differs: Differs,
  tries = 10,
): Promise<WorldOptions> {
  let smallest = options;
  let left = tries;
  for (const size of SIZES) {
    let least = 1;
    while (least < smallest[size] && left > 0) {
      const half = Math.floor((least + smallest[size]) / 2);
      const candidate = { ...smallest, [size]: half };
      left -= 1;
      if (await differs(candidate)) smallest = candidate;
      else least = half + 1;
    }
  }
  return smallest;
}
