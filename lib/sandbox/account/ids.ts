import { createRandom, type Random } from "./random.ts";

/** Kinds of things that get their numbers from a sequence of their own. */
export type Noun =
  | "account"
  | "user"
  | "lead"
  | "contact"
  | "company"
  | "pipeline"
  | "status"
  | "field"
  | "enum"
  | "catalog"
  | "element"
  | "tag"
  | "note"
  | "lossReason";

// Magnitudes of real accounts: ids do not fit 31 bits by much, and differ from noun to noun, so that a
// mixed-up id is seen at once.
const FIRST: Readonly<Record<Noun, number>> = {
  account: 31_000_000,
  user: 10_000_000,
  lead: 38_000_000,
  contact: 67_000_000,
  company: 68_000_000,
  pipeline: 7_000_000,
  status: 59_000_000,
  field: 900_000,
  enum: 1_200_000,
  catalog: 11_000,
  element: 1_700_000,
  tag: 300_000,
  note: 210_000_000,
  lossReason: 15_000_000,
};

export type NextId = (noun: Noun) => number;

/** Rising ids for each noun, with gaps: other accounts create things in between. */
export function createIds(seed: number): NextId {
  const sequences = new Map<Noun, { last: number; readonly random: Random }>();
  return (noun) => {
    const known = sequences.get(noun);
    if (known !== undefined) {
      known.last += known.random.between(1, 3);
      return known.last;
    }
    // A stream for each noun: the ids of leads do not depend on how many fields there are.
    const random = createRandom(seed ^ FIRST[noun]);
    const last = FIRST[noun] + random.between(1, 9_999);
    sequences.set(noun, { last, random });
    return last;
  };
}
