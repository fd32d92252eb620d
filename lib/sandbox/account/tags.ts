import type { NextId } from "./ids.ts";

/** Where tags of leads are kept. */
interface TagWorld {
  readonly nextId: NextId;
  readonly tags: Map<number, Tag>;
}

/** A label of leads. */
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

/** Finds a tag, or creates the one that only has a name; undefined for an unknown id. */
export function resolveTag(world: TagWorld, input: TagInput): Tag | undefined {
  const known = findTag(world, input);
  if (known !== undefined || !input.name) return known;
  const tag: Tag = { id: world.nextId("tag"), name: input.name, color: input.color ?? null };
  world.tags.set(tag.id, tag);
  return tag;
}

/** Finds a tag by id or, without regard to case, by name. */
export function findTag(world: TagWorld, input: TagInput): Tag | undefined {
  if (typeof input.id === "number") return world.tags.get(input.id);
  const name = input.name?.toLowerCase();
  return [...world.tags.values()].find((tag) => tag.name.toLowerCase() === name);
}
