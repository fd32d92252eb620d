// Blanks of any width, and characters that show nothing: controls, joiners and marks of direction, soft
// hyphens, byte order marks, the empty letters of Hangul and Braille.
const BLANK = "[\\s\\p{Z}\\p{Cc}\\p{Cf}\\u115F\\u1160\\u3164\\uFFA0\\u2800]";
const EDGES = new RegExp(`^${BLANK}+|${BLANK}+$`, "gu");

/** The text without what nobody can see at its ends; "" for a text of which nobody sees anything. */
export function trimBlanks(text: string): string {
  return text.replaceAll(EDGES, "");
}

/** Whether a value of a file says nothing: none at all, or a text of blanks. */
export function isBlank(value: unknown): boolean {
  if (typeof value === "string") return trimBlanks(value) === "";
  return value === null || value === undefined;
}
