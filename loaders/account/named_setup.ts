import {
  findAllByNameOrId,
  findByNameOrId,
  type Named,
  type Wanted,
} from "../../lib/amocrm/find_by_name.ts";
import { ConfigError } from "../../lib/config.ts";

/**
 * The one pipeline or catalog that a setting names; null when it is still to be created under that name.
 *
 * Throws `AmoError` when there are several, `ConfigError` when a missing one is named by its id.
 */
export function findOrPlan<T extends Named>(entries: readonly T[], wanted: Wanted): T | null {
  if (findAllByNameOrId(entries, wanted.nameOrId).length > 0) {
    return findByNameOrId(entries, wanted);
  }
  if (!/^\d+$/.test(wanted.nameOrId.trim())) return null;
  throw new ConfigError(
    `Cannot set up the ${wanted.kind} "${wanted.nameOrId}": there is none with this id, expected a ` +
      `name to create it under: set ${wanted.setting} to one`,
  );
}

/** Which of the items are in the account by now: the first entry of each name. */
export function matchByName<Item extends { readonly name: string }>(
  items: readonly Item[],
  entries: readonly Named[],
): ReadonlyMap<Item, number> {
  return new Map(items.flatMap((item) => {
    const [found] = findAllByNameOrId(entries, item.name);
    return found ? [[item, found.id] as const] : [];
  }));
}
