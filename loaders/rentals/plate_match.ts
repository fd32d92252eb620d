/**
 * The one of `cars` whose plate stands in a text such as "Nissan Sunny A-10421"; "none" or "several" otherwise.
 *
 * Case, blanks and hyphens make no difference, as in the warehouse's look-ups, but a plate counts only as a
 * whole: "A 1042" is not in "A 10421".
 */
export function findByPlate<T extends { readonly plate: string }>(
  text: string,
  cars: readonly T[],
): T | "none" | "several" {
  const found = cars.filter(({ plate }) => patternOf(plate)?.test(text));
  const [only] = found;
  if (only === undefined) return "none";
  return found.length === 1 ? only : "several";
}

/** Null for a plate without a letter or a digit, which every text would hold. */
function patternOf(plate: string): RegExp | null {
  const characters = [...plate.toUpperCase()].filter((character) => /[^\s-]/u.test(character));
  if (!characters.some((character) => /[\p{L}\p{N}]/u.test(character))) return null;
  const spaced = characters.map((character) => RegExp.escape(character)).join("[\\s-]*");
  return new RegExp(`(?<![\\p{L}\\p{N}])${spaced}(?![\\p{L}\\p{N}])`, "iu");
}

/** A plate or licence as the warehouse's look-ups compare it: upper case, without blanks and hyphens. */
export function lookupKey(text: string): string {
  return text.toUpperCase().replace(/[\s-]/gu, "");
}
