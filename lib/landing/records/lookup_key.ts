/**
 * What a key is folded by, character by character: upper case for a-z, Latin-1 and Cyrillic, then the twelve
 * letters of Cyrillic number plates as their Latin twins. A table and no `toUpperCase`, because the warehouse has
 * to fold alike whatever its locale: the same table stands in `ods.lookup_key`, and a test compares the two.
 */
const FOLDED: ReadonlyMap<string, string> = new Map([
  ...pairs("abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
  ...pairs("àáâãäåæçèéêëìíîïðñòóôõöøùúûüýþÿ", "ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖØÙÚÛÜÝÞŸ"),
  ...pairs("бгджзийлпфцчшщъыьэюя", "БГДЖЗИЙЛПФЦЧШЩЪЫЬЭЮЯ"),
  ...pairs("ѐёђѓєѕіїјљњћќѝўџ", "ЀЁЂЃЄЅІЇЈЉЊЋЌЍЎЏ"),
  ...alternating(0x460, 0x480),
  ...alternating(0x48a, 0x4be),
  ...pairs("ӂӄӆӈӊӌӎӏ", "ӁӃӅӇӉӋӍӀ"),
  ...alternating(0x4d0, 0x52e),
  ...pairs("АВЕКМНОРСТУХ", "ABEKMHOPCTYX"),
  ...pairs("авекмнорстух", "ABEKMHOPCTYX"),
]);

/**
 * Blanks, zero-width characters, soft hyphens and dashes of any kind, as the inside of a class of a pattern. Listed,
 * because `\p{Pd}` grows with each version of Unicode, and the warehouse's list does not.
 */
export const IGNORED_IN_KEYS =
  String.raw`\s\u0085\u00AD\u034F\u061C\u180E\u200B-\u200F\u202A-\u202E` +
  String.raw`\u2060-\u206F\uFE00-\uFE0F\uFEFF` +
  String
    .raw`\-\u058A\u05BE\u1400\u1806\u2010-\u2015\u2043\u2212\u2E17\u2E1A\u2E3A\u2E3B\u2E40\u2E5D` +
  String.raw`\u301C\u3030\u30A0\u{10D6E}\u{10EAD}`;

const IGNORED = new RegExp(`[${IGNORED_IN_KEYS}]`, "gu");

/**
 * A plate or licence as look-ups compare it, here and in the warehouse (`ods.lookup_key`): compatible forms made
 * one (NFKC), upper case, without blanks and dashes; "" when nothing is left, which is no key.
 */
export function lookupKey(text: string): string {
  return foldCase(text).replace(IGNORED, "");
}

/** The same with its blanks and dashes, to look for keys in it. */
export function foldCase(text: string): string {
  return [...text.normalize("NFKC")].map((character) => FOLDED.get(character) ?? character)
    .join("");
}

function pairs(from: string, to: string): (readonly [string, string])[] {
  const targets = [...to];
  return [...from].map((character, i) => [character, targets[i] ?? character]);
}

/** Blocks in which each capital is followed by its small letter; both ends are capitals. */
function alternating(first: number, last: number): (readonly [string, string])[] {
  const capitals = Array.from({ length: (last - first) / 2 + 1 }, (_, i) => first + 2 * i);
  return capitals.map((capital) => [
    String.fromCodePoint(capital + 1),
    String.fromCodePoint(capital),
  ]);
}
