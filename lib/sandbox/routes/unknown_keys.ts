import type { z } from "zod";
import type { Switches } from "../account/switches.ts";

/** Paths such as "account_id" and "custom_fields_values.*.field_name"; the star is any position. */
export type ReadOnlyKeys = ReadonlySet<string>;

type Path = readonly PropertyKey[];

/** Parses an item of a write; keys that its schema does not know are dropped where a switch says so. */
export function parseExpected<Item>(
  schema: z.ZodType<Item>,
  raw: unknown,
  switches: Switches,
  readOnly: ReadOnlyKeys = new Set(),
): z.ZodSafeParseResult<Item> {
  const parsed = schema.safeParse(raw);
  if (parsed.success) return parsed;
  const isIgnored = (path: Path) =>
    switches.unknownKeys === "ignored" ||
    (switches.readOnlyKeys === "ignored" && readOnly.has(starred(path)));
  const ignored = parsed.error.issues.flatMap(unexpectedPaths).filter(isIgnored);
  return ignored.length === 0 ? parsed : schema.safeParse(withoutKeys(raw, ignored));
}

/** Where the keys are that a finding of a schema calls unknown. */
export function unexpectedPaths(issue: z.core.$ZodIssue): Path[] {
  return issue.code === "unrecognized_keys" ? issue.keys.map((key) => [...issue.path, key]) : [];
}

function starred(path: Path): string {
  return path.map((key) => typeof key === "number" ? "*" : String(key)).join(".");
}

function withoutKeys(raw: unknown, paths: readonly Path[]): unknown {
  const copy: unknown = structuredClone(raw);
  for (const path of paths) {
    const holder = path.slice(0, -1).reduce<unknown>(
      (found, key) => isObject(found) ? Reflect.get(found, key) : undefined,
      copy,
    );
    const last = path.at(-1);
    if (isObject(holder) && last !== undefined) Reflect.deleteProperty(holder, last);
  }
  return copy;
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
