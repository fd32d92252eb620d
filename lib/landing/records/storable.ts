/** A text that PostgreSQL cannot hold as it is: where it was, and as JSON what it was. */
export interface Replaced {
  readonly path: readonly (string | number)[];
  readonly raw: string;
}

/**
 * Replaces NUL characters and lone surrogates, which PostgreSQL's text and jsonb refuse, by U+FFFD.
 *
 * Returns the value itself when there is nothing to replace, which is nearly always.
 */
export function makeStorable(value: unknown): { value: unknown; replaced: readonly Replaced[] } {
  if (isStorable(value)) return { value, replaced: [] };
  const replaced: Replaced[] = [];
  return { value: repair(value, [], replaced), replaced };
}

function isStorable(value: unknown): boolean {
  if (typeof value === "string") return isStorableText(value);
  if (typeof value !== "object" || value === null) return true;
  for (const key in value) {
    if (Object.hasOwn(value, key)) {
      const inner: unknown = Reflect.get(value, key);
      if (!isStorableText(key) || !isStorable(inner)) return false;
    }
  }
  return true;
}

function isStorableText(text: string): boolean {
  return text.isWellFormed() && !text.includes("\0");
}

function repair(value: unknown, path: readonly (string | number)[], replaced: Replaced[]): unknown {
  if (typeof value === "string") {
    if (!isStorableText(value)) replaced.push({ path, raw: JSON.stringify(value) });
    return repairText(value);
  }
  if (Array.isArray(value)) return value.map((item, i) => repair(item, [...path, i], replaced));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => {
      if (!isStorableText(key)) replaced.push({ path, raw: JSON.stringify(key) });
      return [repairText(key), repair(inner, [...path, repairText(key)], replaced)];
    }),
  );
}

function repairText(text: string): string {
  return text.replaceAll("\0", "\uFFFD").toWellFormed();
}
