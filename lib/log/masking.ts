import { EMAIL_ADDRESS_PATTERN, JWT_PATTERN, type RedactionPattern } from "@logtape/redaction";

/**
 * What tokens, e-mail addresses and phone numbers look like in a text.
 *
 * A net under the rule that nobody logs them, not a leave to do so. A phone number is one with a plus, in
 * three groups, or 11 to 12 digits in a row that are not a field's plain number: CRM ids are shorter,
 * times in milliseconds longer.
 */
export const PERSONAL_DATA: readonly RedactionPattern[] = [
  { pattern: JWT_PATTERN.pattern, replacement: "[token]" },
  { pattern: EMAIL_ADDRESS_PATTERN.pattern, replacement: "[e-mail]" },
  { pattern: /(?<![\w+])\+\d[\d\s()-]{6,}\d/g, replacement: "[phone]" },
  { pattern: /(?<![\w.:-])\(?\d{2,4}\)?[ -]\d{3}[ -]\d{4}(?![\w-])/g, replacement: "[phone]" },
  { pattern: /(?<![\w.:=-])\d{11,12}(?![\w.-])/g, replacement: "[phone]" },
];

/** Names of fields whose value is never shown. */
export const PERSONAL_FIELDS: readonly RegExp[] = [
  /token|authorization|password|secret/i,
  /phone|e-?mail|client_?name|licen[cs]e/i,
];

/** The text without anything that looks like a token, an e-mail address or a phone number. */
export function maskPersonalData(text: string): string {
  return PERSONAL_DATA.reduce(
    (masked, { pattern, replacement }) => masked.replaceAll(pattern, String(replacement)),
    text,
  );
}
