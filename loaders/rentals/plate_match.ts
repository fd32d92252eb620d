import { foldCase, IGNORED_IN_KEYS, lookupKey } from "../../lib/landing/records/lookup_key.ts";

/**
 * The one of `cars` whose plate stands in a text such as "Nissan Sunny A-10421"; "none" or "several" otherwise.
 *
 * Compared as look-ups compare, but a plate counts only as a whole: "A 1042" is not in "A 10421".
 */
export function findByPlate<T extends { readonly plate: string }>(
  text: string,
  cars: readonly T[],
): T | "none" | "several" {
  const folded = foldCase(text);
  const found = cars.filter(({ plate }) => patternOf(plate)?.test(folded));
  const [only] = found;
  if (only === undefined) return "none";
  return found.length === 1 ? only : "several";
}

/** Null for a plate without a letter or a digit, which every text would hold. */
function patternOf(plate: string): RegExp | null {
  const key = lookupKey(plate);
  if (!/[\p{L}\p{N}]/u.test(key)) return null;
  const spaced = [...key].map((character) => RegExp.escape(character))
    .join(`[${IGNORED_IN_KEYS}]*`);
  return new RegExp(`(?<![\\p{L}\\p{N}])${spaced}(?![\\p{L}\\p{N}])`, "u");
}
