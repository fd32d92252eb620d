import type { NextId } from "./ids.ts";

/** Whose tags they are: leads, contacts and companies have lists of their own. */
export type TagOwner = "leads" | "contacts" | "companies";

/** Tags by owner and id. */
export type TagStore = Readonly<Record<TagOwner, Map<number, Tag>>>;

/** Where tags are kept. */
interface TagWorld {
  readonly nextId: NextId;
  readonly tags: TagStore;
}

/** A label. */
export interface Tag {
  readonly id: number;
  readonly name: string;
  /** Six hex digits, or null. */
  readonly color: string | null;
}

/** How a client names a tag: by id or by name. */
export interface TagInput {
  readonly id?: number | null | undefined;
  readonly name?: string | null | undefined;
  readonly color?: string | null | undefined;
}

export function createTagStore(): TagStore {
  return { leads: new Map(), contacts: new Map(), companies: new Map() };
}

/** Finds a tag, or creates the one that only has a name; undefined for an unknown id. */
export function resolveTag(world: TagWorld, owner: TagOwner, input: TagInput): Tag | undefined {
  const known = findTag(world, owner, input);
  if (known !== undefined || !input.name) return known;
  const tag: Tag = { id: world.nextId("tag"), name: input.name, color: input.color ?? null };
  world.tags[owner].set(tag.id, tag);
  return tag;
}

/** Finds a tag by id or, without regard to case, by name. */
export function findTag(world: TagWorld, owner: TagOwner, input: TagInput): Tag | undefined {
  if (typeof input.id === "number") return world.tags[owner].get(input.id);
  const name = input.name?.toLowerCase();
  return [...world.tags[owner].values()].find((tag) => tag.name.toLowerCase() === name);
}

/** The tags of a record, as lists and look-ups show them. */
export function renderTags(world: TagWorld, owner: TagOwner, ids: readonly number[]): object[] {
  return ids.flatMap((id) => world.tags[owner].get(id) ?? [])
    .map(({ id, name, color }) => ({ id, name, color }));
}
