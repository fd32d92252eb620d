/** Something that people know by a name which another may bear too: two cars with one plate. */
export interface Named {
  readonly id: string;
  readonly name: string;
}

/** How each is called among the others: by its name, and by its id beside it where another one has the same name. */
export function namedApart(all: readonly Named[]): (one: Named) => string {
  const idsOf = new Map<string, Set<string>>();
  for (const { id, name } of all) {
    idsOf.set(name, (idsOf.get(name) ?? new Set()).add(id));
  }
  return ({ id, name }) =>
    (idsOf.get(name)?.size ?? 0) > 1 && name !== id ? `${name} · ${id}` : name;
}
