/** Whose history the warehouse keeps. */
export const ENTITIES = ["leads", "clients", "cars"] as const;
export type Entity = (typeof ENTITIES)[number];

/** One of them, as people name it. */
export const KINDS = ["lead", "client", "car"] as const;
export type Kind = (typeof KINDS)[number];

const ENTITY_OF = { lead: "leads", client: "clients", car: "cars" } as const;

/** Of a text from outside; null when it names none. */
export function findKind(text: string): Kind | null {
  return KINDS.find((kind) => kind === text) ?? null;
}

/** The table's name of a kind: "leads" of "lead". */
export function entityOf(kind: Kind): Entity {
  return ENTITY_OF[kind];
}
