import { decodeHTML } from "entities";

/** The licence that a description names; "unclear" when it speaks of one in a way that is not known; null: of none. */
export function readLicense(description: string): { readonly license: string } | "unclear" | null {
  const text = toPlainText(description);
  const license = LICENSE_LINE.exec(text)?.[1];
  if (license !== undefined) return { license };
  // "no licence yet" names none.
  return /licen[cs]e[^\n]*\d/i.test(text) ? "unclear" : null;
}

/** "License: X", also "- Driving licence no.: X". */
const LICENSE_LINE =
  /^[\s\u2022*\u2013>-]*(?:driv\w+['\u2019]?s?\s+)?licen[cs]e(?:\s*(?:no\.?|number|nr\.?|#|\u2116))?\s*[:\uFF1A=]\s*(\S.*?)\s*$/imu;

/** Google and others write descriptions as HTML: lines end where its blocks do. */
function toPlainText(description: string): string {
  const withoutTags = description
    .replaceAll(/<(?:br|hr)\s*\/?>|<\/?(?:p|div|li|ul|ol|tr|table|h[1-6])(?:\s[^>]*)?>/gi, "\n")
    .replaceAll(/<\/?[a-z][^>]*>/gi, "");
  return decodeHTML(withoutTags);
}
