import type { Hono } from "hono";
import { z } from "zod";
import type { Place } from "../account/links.ts";
import {
  LOST,
  type Pipeline,
  renderPipeline,
  sortedPipelines,
  withSystemStatuses,
  WON,
} from "../account/pipelines.ts";
import { notSupportedChoice } from "../account/refusals.ts";
import type { World } from "../account/world.ts";
import { asItem, asList, batchResponse, type BatchWrite, readJson, writeBatch } from "./batch.ts";
import { placeOf } from "./paging.ts";
import { fieldMissing, hal, noContent, problem, validationProblem } from "./problems.ts";
import { Refusal } from "./refusal.ts";
import { checkColor, newStatus, statusSchema } from "./status_input.ts";

const pipelineSchema = z.strictObject({
  id: z.int().optional(),
  name: z.string().min(1).optional(),
  sort: z.int().min(0).optional(),
  is_main: z.boolean().optional(),
  is_unsorted_on: z.boolean().optional(),
  is_archive: z.boolean().optional(),
  _embedded: z.strictObject({ statuses: z.array(statusSchema).optional() }).nullish(),
});

type PipelineInput = z.infer<typeof pipelineSchema>;

/** Where pipelines live. */
export const PIPELINES_PATH = "/api/v4/leads/pipelines";

/** Pipelines with their stages. The list ignores `page` and `limit`. */
export function addPipelineRoutes(app: Hono, world: World): void {
  app.get(PIPELINES_PATH, (context) => {
    const place = placeOf(context);
    const pipelines = sortedPipelines(world).map((found) => renderPipeline(world, found, place));
    return hal({
      _total_items: pipelines.length,
      _links: { self: { href: `${place.origin}${PIPELINES_PATH}` } },
      _embedded: { pipelines },
    });
  });
  app.get(`${PIPELINES_PATH}/:id{[0-9]+}`, (context) => {
    const pipeline = requirePipeline(world, Number(context.req.param("id")));
    return hal(renderPipeline(world, pipeline, placeOf(context)));
  });
  app.post(PIPELINES_PATH, async (context) => {
    const items = asList(await readJson(context));
    const result = writeBatch(world, items, pipelineCreation(world, placeOf(context)));
    return batchResponse(context, "pipelines", result, { withTotal: true });
  });
  app.patch(`${PIPELINES_PATH}/:id{[0-9]+}`, async (context) => {
    const item = asItem(await readJson(context), Number(context.req.param("id")));
    return hal(writeBatch(world, [item], pipelineUpdate(world, placeOf(context))).written[0]);
  });
  app.delete(`${PIPELINES_PATH}/:id{[0-9]+}`, (context) => {
    deletePipeline(world, Number(context.req.param("id")));
    return noContent();
  });
}

/** The pipeline that a path names, or a refusal with 404. */
export function requirePipeline(world: World, id: number): Pipeline {
  const pipeline = world.pipelines.get(id);
  if (pipeline === undefined) throw new Refusal(problem(404, "Pipeline not found"));
  return pipeline;
}

/** A refusal with 400: the id in the path cannot be used for this. */
export function refusedId(): Refusal {
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
