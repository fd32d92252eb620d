const PLACE = "{text}";

/**
 * The JSON value of `template` with `text` in each place of its strings that says `{text}`.
 *
 * The template is parsed first and the text put in afterwards, so no text can break the JSON, and what looks
 * like a place inside the text stays as it is. `template` must be JSON, as `readConfig` demands.
 */
export function fillTemplate(template: string, text: string): unknown {
  return fill(JSON.parse(template), text);
}

function fill(value: unknown, text: string): unknown {
  if (typeof value === "string") return value.split(PLACE).join(text);
  if (Array.isArray(value)) return value.map((item) => fill(item, text));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, fill(inner, text)]),
  );
}
