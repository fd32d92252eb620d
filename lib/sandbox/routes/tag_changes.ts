import { type ItemError, notSupportedChoice } from "../account/refusals.ts";
import { findTag, resolveTag, type TagInput, type TagOwner } from "../account/tags.ts";
import type { World } from "../account/world.ts";

type Tags = readonly TagInput[] | null | undefined;

/** The three places in which a write can name tags. */
interface TaggedInput {
  readonly tags_to_add?: Tags;
  readonly tags_to_delete?: Tags;
  readonly _embedded?: { readonly tags?: Tags } | null | undefined;
}

/** Something that carries tags. */
interface Tagged {
  readonly id: number;
  readonly updatedBy: number;
  tagIds: number[];
}

const SINGULAR = { leads: "lead", contacts: "contact", companies: "company" } as const;

/** Adds an error for each tag that is named by an id that there is not. */
export function checkTags(
  world: World,
  owner: TagOwner,
  input: TaggedInput,
  errors: ItemError[],
): void {
  const lists = {
    "_embedded.tags": input._embedded?.tags,
    tags_to_add: input.tags_to_add,
  };
  for (const [path, tags] of Object.entries(lists)) {
    tags?.forEach((tag, index) => {
      const isUnknown = typeof tag.id === "number" && findTag(world, owner, tag) === undefined;
      if (isUnknown) errors.push(notSupportedChoice(`${path}.${index}.id`));
    });
  }
}

/**
 * `_embedded.tags` replaces all tags, whatever the two other lists say; without it they add and take away. Records
 * an event for each tag that came or went.
 */
export function applyTags(
  world: World,
  owner: TagOwner,
  record: Tagged,
  input: TaggedInput,
): void {
  const tagIds = wantedTags(world, owner, record, input);
  const tell = (type: string, id: number) => {
    world.events.record({
      type,
      entityId: record.id,
      entityType: SINGULAR[owner],
      createdBy: record.updatedBy,
      after: [{ tag: { name: world.tags[owner].get(id)?.name ?? "" } }],
    });
  };
  const before = record.tagIds;
  tagIds.filter((id) => !before.includes(id)).forEach((id) => tell("entity_tag_added", id));
  before.filter((id) => !tagIds.includes(id)).forEach((id) => tell("entity_tag_deleted", id));
  record.tagIds = tagIds;
}

function wantedTags(
  world: World,
  owner: TagOwner,
  { tagIds }: Tagged,
  input: TaggedInput,
): number[] {
  const resolve = (tags: Tags) =>
    (tags ?? []).flatMap((tag) => resolveTag(world, owner, tag)?.id ?? []);
  const replaced = input._embedded?.tags;
  if (replaced !== undefined) return [...new Set(resolve(replaced))];
  const unwanted = new Set(
    (input.tags_to_delete ?? []).map((tag) => findTag(world, owner, tag)?.id),
  );
  const wanted = [...tagIds, ...resolve(input.tags_to_add)].filter((id) => !unwanted.has(id));
  return [...new Set(wanted)];
}
