/** Whose history the warehouse keeps. */
export const ENTITIES = ["leads", "clients", "cars"] as const;
export type Entity = (typeof ENTITIES)[number];
