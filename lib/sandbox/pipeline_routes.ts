import type { Hono } from "hono";
import { z } from "zod";
import { asItem, asList, batchResponse, type BatchWrite, readJson, writeBatch } from "./batch.ts";
import { type Place, placeOf } from "./paging.ts";
import {
  bySort,
  LOST,
  type Pipeline,
  renderPipeline,
  renderStatus,
  sortedPipelines,
  type Status,
  STATUS_COLORS,
  withSystemStatuses,
  WON,
} from "./pipelines.ts";
import {
  fieldMissing,
  hal,
  type ItemError,
  noContent,
  notSupportedChoice,
  problem,
  validationProblem,
} from "./problems.ts";
import { Refusal } from "./refusal.ts";
import type { World } from "./world.ts";

const statusSchema = z.object({
  id: z.int().optional(),
  name: z.string().min(1).optional(),
  sort: z.int().min(0).optional(),
  color: z.string().optional(),
});

const pipelineSchema = z.object({
  id: z.int().optional(),
  name: z.string().min(1).optional(),
  sort: z.int().min(0).optional(),
  is_main: z.boolean().optional(),
  is_unsorted_on: z.boolean().optional(),
  is_archive: z.boolean().optional(),
  _embedded: z.object({ statuses: z.array(statusSchema).optional() }).nullish(),
});

type StatusInput = z.infer<typeof statusSchema>;
type PipelineInput = z.infer<typeof pipelineSchema>;

const PATH = "/api/v4/leads/pipelines";

/** Pipelines with their stages. The list ignores `page` and `limit`. */
export function addPipelineRoutes(app: Hono, world: World): void {
  app.get(PATH, (context) => {
    const place = placeOf(context);
    const pipelines = sortedPipelines(world).map((found) => renderPipeline(world, found, place));
    return hal({
      _total_items: pipelines.length,
      _links: { self: { href: `${place.origin}${PATH}` } },
      _embedded: { pipelines },
    });
  });
  app.get(`${PATH}/:id{[0-9]+}`, (context) => {
    const pipeline = requirePipeline(world, Number(context.req.param("id")));
    return hal(renderPipeline(world, pipeline, placeOf(context)));
  });
  app.post(PATH, async (context) => {
    const items = asList(await readJson(context));
    const result = writeBatch(world, items, pipelineCreation(world, placeOf(context)));
    return batchResponse(context, "pipelines", result, { withTotal: true });
  });
  app.patch(`${PATH}/:id{[0-9]+}`, async (context) => {
    const item = asItem(await readJson(context), Number(context.req.param("id")));
    return hal(writeBatch(world, [item], pipelineUpdate(world, placeOf(context))).written[0]);
  });
  app.delete(`${PATH}/:id{[0-9]+}`, (context) => {
    deletePipeline(world, Number(context.req.param("id")));
    return noContent();
  });
}

/** The stages of one pipeline. */
export function addStatusRoutes(app: Hono, world: World): void {
  const path = `${PATH}/:pipeline{[0-9]+}/statuses`;
  app.get(path, (context) => {
    const pipeline = requirePipeline(world, Number(context.req.param("pipeline")));
    const place = placeOf(context);
    const statuses = pipeline.statuses.map((found) => renderStatus(world, pipeline, found, place));
    return hal({
      _total_items: statuses.length,
      _links: { self: { href: `${place.origin}${PATH}/${pipeline.id}/statuses` } },
      _embedded: { statuses },
    });
  });
  app.get(`${path}/:id{[0-9]+}`, (context) => {
    const pipeline = requirePipeline(world, Number(context.req.param("pipeline")));
    const status = requireStatus(pipeline, Number(context.req.param("id")));
    return hal(renderStatus(world, pipeline, status, placeOf(context)));
  });
  app.post(path, async (context) => {
    const pipeline = requirePipeline(world, Number(context.req.param("pipeline")));
    const items = asList(await readJson(context));
    const result = writeBatch(world, items, statusCreation(world, pipeline, placeOf(context)));
    return batchResponse(context, "statuses", result, { withTotal: true });
  });
  app.patch(`${path}/:id{[0-9]+}`, async (context) => {
    const pipeline = requirePipeline(world, Number(context.req.param("pipeline")));
    const item = asItem(await readJson(context), Number(context.req.param("id")));
    const write = statusUpdate(world, pipeline, placeOf(context));
    return hal(writeBatch(world, [item], write).written[0]);
  });
  app.delete(`${path}/:id{[0-9]+}`, (context) => {
    const pipeline = requirePipeline(world, Number(context.req.param("pipeline")));
    const status = requireStatus(pipeline, Number(context.req.param("id")));
    const isUsed = [...world.leads.all()].some((lead) =>
      lead.pipelineId === pipeline.id && lead.statusId === status.id
    );
    if (!status.isEditable || isUsed) throw refusedId();
    pipeline.statuses = pipeline.statuses.filter(({ id }) => id !== status.id);
    return noContent();
  });
}

function requirePipeline(world: World, id: number): Pipeline {
  const pipeline = world.pipelines.get(id);
  if (pipeline === undefined) throw new Refusal(problem(404, "Pipeline not found"));
  return pipeline;
}

function requireStatus(pipeline: Pipeline, id: number): Status {
  const status = pipeline.statuses.find((candidate) => candidate.id === id);
  if (status === undefined) throw new Refusal(problem(404, "Status not found"));
  return status;
}

function refusedId(): Refusal {
  return new Refusal(
    validationProblem([{ request_id: "0", errors: [notSupportedChoice("id")] }]),
  );
}

function pipelineCreation(world: World, place: Place): BatchWrite<PipelineInput, PipelineInput> {
  return {
    schema: pipelineSchema.required({ name: true }),
    numbersItems: true,
    check(input, errors) {
      // A bare name is refused: at least one stage has to come with it.
      const statuses = input._embedded?.statuses ?? [];
      if (statuses.length === 0) errors.push(fieldMissing("_embedded.statuses"));
      statuses.forEach((status, index) => {
        const path = `_embedded.statuses.${index}.`;
        const isSystem = status.id === WON || status.id === LOST;
        if (status.name === undefined) errors.push(fieldMissing(`${path}name`));
        if (status.id !== undefined && !isSystem) errors.push(notSupportedChoice(`${path}id`));
        checkColor(status, path, errors);
      });
      return input;
    },
    apply(input) {
      const pipeline = createPipeline(world, input);
      return renderPipeline(world, pipeline, place);
    },
  };
}

function createPipeline(world: World, input: PipelineInput): Pipeline {
  const sent = input._embedded?.statuses ?? [];
  const nameOf = (id: number) => sent.find((status) => status.id === id)?.name;
  const ordinary = sent.filter(({ id }) => id === undefined)
    .map((status, index) => newStatus(world, status, 20 + index * 10));
  const pipeline: Pipeline = {
    id: world.nextId("pipeline"),
    name: input.name ?? "",
    sort: input.sort ?? world.pipelines.size + 1,
    isMain: false,
    isUnsortedOn: input.is_unsorted_on ?? true,
    isArchive: false,
    statuses: withSystemStatuses(ordinary, world.nextId, { won: nameOf(WON), lost: nameOf(LOST) }),
  };
  world.pipelines.set(pipeline.id, pipeline);
  if (input.is_main === true) makeMain(world, pipeline);
  return pipeline;
}

function newStatus(world: World, input: StatusInput, sort: number): Status {
  return {
    id: world.nextId("status"),
    name: input.name ?? "",
    sort: input.sort ?? sort,
    color: input.color ?? "#fffeb2",
    isEditable: true,
    type: 0,
  };
}

function checkColor(status: StatusInput, path: string, errors: ItemError[]): void {
  if (status.color === undefined || STATUS_COLORS.includes(status.color)) return;
  errors.push(notSupportedChoice(`${path}color`));
}

/** There is one main pipeline. */
function makeMain(world: World, pipeline: Pipeline): void {
  for (const other of world.pipelines.values()) other.isMain = other.id === pipeline.id;
}

function pipelineUpdate(
  world: World,
  place: Place,
): BatchWrite<PipelineInput, { readonly input: PipelineInput; readonly pipeline: Pipeline }> {
  return {
    schema: pipelineSchema,
    numbersItems: false,
    check: (input) => ({ input, pipeline: requirePipeline(world, input.id ?? 0) }),
    apply({ input, pipeline }) {
      pipeline.name = input.name ?? pipeline.name;
      pipeline.sort = input.sort ?? pipeline.sort;
      pipeline.isUnsortedOn = input.is_unsorted_on ?? pipeline.isUnsortedOn;
      pipeline.isArchive = input.is_archive ?? pipeline.isArchive;
      if (input.is_main === true) makeMain(world, pipeline);
      return renderPipeline(world, pipeline, place);
    },
  };
}

function deletePipeline(world: World, id: number): void {
  const pipeline = world.pipelines.get(id);
  if (pipeline === undefined) throw refusedId();
  const isUsed = [...world.leads.all()].some((lead) =>
    lead.pipelineId === id && lead.trashedAt === null
  );
  if (isUsed) throw new Refusal(problem(422, "Only pipelines without leads can be deleted"));
  if (world.pipelines.size === 1) {
    throw new Refusal(problem(422, "The last pipeline cannot be deleted"));
  }
  world.pipelines.delete(id);
  const [next] = sortedPipelines(world);
  if (pipeline.isMain && next !== undefined) makeMain(world, next);
}

function statusCreation(
  world: World,
  pipeline: Pipeline,
  place: Place,
): BatchWrite<StatusInput, StatusInput> {
  return {
    schema: statusSchema.required({ name: true }),
    numbersItems: true,
    check(input, errors) {
      checkColor(input, "", errors);
      return input;
    },
    apply(input) {
      const last = Math.max(10, ...pipeline.statuses.filter(isOrdinary).map(({ sort }) => sort));
      const status = newStatus(world, input, last + 10);
      pipeline.statuses = [...pipeline.statuses, status].sort(bySort);
      return renderStatus(world, pipeline, status, place);
    },
  };
}

function isOrdinary(status: Status): boolean {
  return status.isEditable;
}

/** Won and lost can be renamed, and nothing else; the stage of unsorted leads not even that. */
function statusUpdate(
  world: World,
  pipeline: Pipeline,
  place: Place,
): BatchWrite<StatusInput, { readonly input: StatusInput; readonly status: Status }> {
  return {
    schema: statusSchema,
    numbersItems: false,
    check(input, errors) {
      const status = requireStatus(pipeline, input.id ?? 0);
      if (status.type === 1) errors.push(notSupportedChoice("id"));
      checkColor(input, "", errors);
      return { input, status };
    },
    apply({ input, status }) {
      status.name = input.name ?? status.name;
      if (status.isEditable) {
        status.sort = input.sort ?? status.sort;
        status.color = input.color ?? status.color;
      }
      pipeline.statuses = [...pipeline.statuses].sort(bySort);
      return renderStatus(world, pipeline, status, place);
    },
  };
}
