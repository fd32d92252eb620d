import type { Context, Hono } from "hono";
import {
  CHOICE_TYPES,
  type CustomField,
  FIELD_TYPES,
  type FieldEnum,
  type FieldOwner,
  renderField,
} from "../account/custom_fields.ts";
import { defaultDetails } from "../account/field_details.ts";
import type { Place } from "../account/links.ts";
import { type ItemError, notSupportedChoice } from "../account/refusals.ts";
import type { World } from "../account/world.ts";
import { asItem, asList, batchResponse, type BatchWrite, readJson, writeBatch } from "./batch.ts";
import { at, integers, parseBrackets, texts } from "./bracket_query.ts";
import { requireCatalog } from "./catalogs.ts";
import { fieldOwnerOf } from "./elements.ts";
import { checkFieldKeys, type FieldInput, fieldSchema, mergeDetails } from "./field_input.ts";
import { listResponse, placeOf, readPage } from "./paging.ts";
import { fieldMissing, hal, noContent, problem, validationProblem } from "./problems.ts";
import { Refusal } from "./refusal.ts";

/** Definitions of fields: of leads, contacts and companies, and of each catalog. */
export function addFieldRoutes(app: Hono, world: World): void {
  for (const owner of ["leads", "contacts", "companies"] as const) {
    addRoutes(app, world, `/api/v4/${owner}/custom_fields`, () => owner);
  }
  addRoutes(app, world, "/api/v4/catalogs/:catalog{[0-9]+}/custom_fields", (context) => {
    return fieldOwnerOf(requireCatalog(world, Number(context.req.param("catalog"))).id);
  });
}

function addRoutes(
  app: Hono,
  world: World,
  path: string,
  ownerOf: (context: Context) => FieldOwner,
): void {
  app.get(path, (context) => {
    const owner = ownerOf(context);
    const url = new URL(context.req.url);
    const render = (field: CustomField, place: Place) => renderField(world, owner, field, place);
    const page = readPage(url, 50, world.switches.fieldsPageLimit);
    const options = { page, switches: world.switches, withTotals: true };
    return listResponse(context, "custom_fields", selectFields(world, owner, url), render, options);
  });
  app.get(`${path}/:id{[0-9]+}`, (context) => {
    const owner = ownerOf(context);
    const field = requireField(world, owner, Number(context.req.param("id")));
    return hal(renderField(world, owner, field, placeOf(context)));
  });
  app.post(path, async (context) => {
    const write = fieldCreation(world, ownerOf(context), placeOf(context));
    const result = writeBatch(world, asList(await readJson(context)), write);
    const options = { status: world.switches.fieldCreateStatus, withTotal: true };
    return batchResponse(context, "custom_fields", result, options);
  });
  app.patch(path, async (context) => {
    const write = fieldUpdate(world, ownerOf(context), placeOf(context));
    const result = writeBatch(world, asList(await readJson(context)), write);
    return batchResponse(context, "custom_fields", result, { withTotal: true });
  });
  app.patch(`${path}/:id{[0-9]+}`, async (context) => {
    const write = fieldUpdate(world, ownerOf(context), placeOf(context));
    const item = asItem(await readJson(context), Number(context.req.param("id")));
    return hal(writeBatch(world, [item], write).written[0]);
  });
  app.delete(`${path}/:id{[0-9]+}`, (context) => {
    deleteField(world, ownerOf(context), Number(context.req.param("id")));
    return noContent();
  });
}

/** By `sort` unless `order[id]` is asked for, narrowed by `filter[type]` and `filter[id]`. */
function selectFields(world: World, owner: FieldOwner, url: URL): CustomField[] {
  const query = parseBrackets(url.search);
  const ids = integers(at(query, "filter", "id"));
  const types = texts(at(query, "filter", "type"));
  const rows = [...world.fields.of(owner).values()].filter((field) =>
    (ids === undefined || ids.includes(field.id)) &&
    (types.length === 0 || types.includes(field.type))
  );
  const order = at(query, "order", "id") === undefined ? "sort" : "id";
  rows.sort((a, b) => (order === "sort" ? a.sort - b.sort : 0) || a.id - b.id);
  return at(query, "order", order) === "desc" ? rows.reverse() : rows;
}

function requireField(world: World, owner: FieldOwner, id: number): CustomField {
  const field = world.fields.of(owner).get(id);
  if (field === undefined) throw new Refusal(problem(404, "Custom field not found"));
  return field;
}

function fieldCreation(
  world: World,
  owner: FieldOwner,
  place: Place,
): BatchWrite<FieldInput, FieldInput> {
  return {
    schema: fieldSchema.required({ name: true, type: true }),
    numbersItems: true,
    check(input, errors) {
      checkNewField(world, owner, input, errors);
      return input;
    },
    apply(input) {
      // Nobody can choose an id: such an item is answered with nothing, and nothing comes of it.
      if (input.id !== undefined) return undefined;
      const fields = world.fields.of(owner);
      const field: CustomField = {
        id: world.nextId("field"),
        name: input.name ?? "",
        type: input.type ?? "text",
        code: input.code ?? null,
        sort: input.sort ?? 500 + fields.size,
        isApiOnly: input.is_api_only ?? false,
        enums: input.enums ? readEnums(world, input.enums, []) : null,
        groupId: input.group_id ?? null,
        isDeletable: input.is_deletable ?? true,
        isPredefined: false,
        details: mergeDetails(defaultDetails(world.account, input.type ?? "text"), input),
      };
      fields.set(field.id, field);
      return renderField(world, owner, field, place);
    },
  };
}

function checkNewField(
  world: World,
  owner: FieldOwner,
  input: FieldInput,
  errors: ItemError[],
): void {
  const type = input.type ?? "";
  checkFieldKeys(world, owner, type, input, errors);
  if (!FIELD_TYPES.has(type)) errors.push(notSupportedChoice("type"));
  if (CHOICE_TYPES.has(type) && !input.enums?.length) errors.push(fieldMissing("enums"));
  const { code } = input;
  const isTaken = typeof code === "string" &&
    [...world.fields.of(owner).values()].some((field) => field.code === code);
  if (isTaken) errors.push(notSupportedChoice("code"));
}

/** Enums that are sent with a known id keep it, so that stored values keep pointing at them. */
function readEnums(
  world: World,
  inputs: NonNullable<FieldInput["enums"]>,
  known: readonly FieldEnum[],
): FieldEnum[] {
  return inputs.map((input, index) => {
    const old = known.find(({ id }) => id === input.id);
    return {
      id: old?.id ?? world.nextId("enum"),
      value: input.value,
      sort: input.sort ?? index,
      code: input.code ?? old?.code ?? null,
    };
  });
}

function fieldUpdate(
  world: World,
  owner: FieldOwner,
  place: Place,
): BatchWrite<FieldInput, { readonly input: FieldInput; readonly field: CustomField | undefined }> {
  return {
    schema: fieldSchema.required({ id: true }),
    numbersItems: false,
    check(input, errors) {
      const field = world.fields.of(owner).get(input.id ?? 0);
      if (field === undefined) errors.push(notSupportedChoice("id"));
      else if (input.type !== undefined && input.type !== field.type) {
        errors.push(notSupportedChoice("type"));
      } else checkFieldKeys(world, owner, field.type, input, errors);
      return { input, field };
    },
    apply({ input, field }) {
      if (field === undefined) throw new Error("Cannot update a field: it was not found");
      field.name = input.name ?? field.name;
      field.sort = input.sort ?? field.sort;
      if (input.code !== undefined) field.code = input.code;
      field.isApiOnly = input.is_api_only ?? field.isApiOnly;
      if (input.group_id !== undefined) field.groupId = input.group_id;
      field.isDeletable = input.is_deletable ?? field.isDeletable;
      field.details = mergeDetails(field.details, input);
      if (input.enums) field.enums = readEnums(world, input.enums, field.enums ?? []);
      return renderField(world, owner, field, place);
    },
  };
}

/** Records show the values of the fields that there are, so those of a deleted one are gone with it. */
function deleteField(world: World, owner: FieldOwner, id: number): void {
  const field = requireField(world, owner, id);
  if (!field.isDeletable) {
    throw new Refusal(
      validationProblem([{ request_id: "0", errors: [notSupportedChoice("id")] }]),
    );
  }
  world.fields.of(owner).delete(id);
}
