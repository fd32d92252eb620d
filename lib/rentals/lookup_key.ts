/** A plate or licence as the warehouse's look-ups compare it: upper case, without blanks and hyphens. */
export function lookupKey(text: string): string {
  return text.toUpperCase().replace(/[\s-]/gu, "");
}
