import { AmoError } from "./answers.ts";

/** A pipeline or a catalog. */
export interface Named {
  readonly id: number;
  readonly name: string;
}

/** For messages: what is looked for, and which setting says so. */
export interface Wanted {
  readonly kind: "pipeline" | "catalog";
  readonly nameOrId: string;
  readonly setting: string;
}

/**
 * Finds the one entry with this id or this name (trimmed, without regard to case).
 *
 * A name wins over an id, so an entry whose name is a number can be found too. Throws `AmoError` that says
 * how many were found, and which names there are, when it is not exactly one.
 */
export function findByNameOrId<T extends Named>(entries: readonly T[], wanted: Wanted): T {
  const found = findAllByNameOrId(entries, wanted.nameOrId);
  const [only, ...others] = found;
  if (only && others.length === 0) return only;
  const what = `Cannot find the ${wanted.kind} "${wanted.nameOrId}"`;
  if (only) {
    const ids = found.map(({ id }) => id).join(", ");
    throw new AmoError(
      `${what}: found ${found.length} of that name (ids ${ids}), expected 1: set ${wanted.setting} to the id`,
      null,
    );
  }
  throw new AmoError(
    `${what}: found 0 among ${
      describe(entries)
    }, expected 1: set ${wanted.setting} to a name or an id, or create it with deno task helper_fields --all`,
    null,
  );
}

/** All entries of this name or, when there is none, the one with this id. */
export function findAllByNameOrId<T extends Named>(entries: readonly T[], nameOrId: string): T[] {
  const name = fold(nameOrId);
  const named = entries.filter((entry) => fold(entry.name) === name);
  return named.length > 0 ? named : entries.filter((entry) => String(entry.id) === name);
}

function fold(text: string): string {
  return text.trim().toLowerCase();
}

function describe(entries: readonly Named[]): string {
  if (entries.length === 0) return "none";
  const names = entries.slice(0, 10).map(({ id, name }) => `"${name.trim()}" (${id})`).join(", ");
  return `${entries.length}: ${names}${entries.length > 10 ? ", …" : ""}`;
}
