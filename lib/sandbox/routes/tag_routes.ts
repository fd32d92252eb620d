import type { Hono } from "hono";
import { z } from "zod";
import { asList, batchResponse, type BatchWrite, readJson, writeBatch } from "./batch.ts";
import { at, integers, parseBrackets, texts } from "./bracket_query.ts";
import { listResponse, readPage } from "./paging.ts";
import { resolveTag, type Tag, type TagOwner } from "../account/tags.ts";
import type { World } from "../account/world.ts";

const tagSchema = z.strictObject({
  name: z.string().min(1),
  color: z.string().regex(/^[0-9a-fA-F]{6}$/).nullish(),
});

type TagInput = z.infer<typeof tagSchema>;

/** Tags of leads, contacts or companies. A tag that is created again is the one that is there. */
export function addTagRoutes(app: Hono, world: World, owner: TagOwner): void {
  app.get(`/api/v4/${owner}/tags`, (context) => {
    const url = new URL(context.req.url);
    const options = { page: readPage(url), switches: world.switches };
    const render = ({ id, name, color }: Tag) => ({ id, name, color });
    return listResponse(context, "tags", selectTags(world, owner, url), render, options);
  });
  app.post(`/api/v4/${owner}/tags`, async (context) => {
    const items = asList(await readJson(context));
    const result = writeBatch(world, items, tagCreation(world, owner));
    return batchResponse(context, "tags", result, { withTotal: true });
  });
}

function selectTags(world: World, owner: TagOwner, url: URL): Tag[] {
  const query = parseBrackets(url.search);
  const ids = integers(at(query, "filter", "id"));
  const names = texts(at(query, "filter", "name")).map((name) => name.toLowerCase());
  const wanted = query.get("query");
  const text = typeof wanted === "string" ? wanted.toLowerCase() : "";
  return [...world.tags[owner].values()].filter(({ id, name }) =>
    (ids === undefined || ids.includes(id)) &&
    (names.length === 0 || names.includes(name.toLowerCase())) &&
    name.toLowerCase().includes(text)
  );
}

function tagCreation(world: World, owner: TagOwner): BatchWrite<TagInput, TagInput> {
  return {
    schema: tagSchema,
    numbersItems: true,
    check: (input) => input,
    apply(input) {
      const tag = resolveTag(world, owner, input);
      if (tag === undefined) throw new Error("Cannot create a tag: it has no name");
      return { id: tag.id, name: tag.name, color: tag.color };
    },
  };
}
