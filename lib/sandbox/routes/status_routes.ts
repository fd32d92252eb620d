import type { Hono } from "hono";
import type { Place } from "../account/links.ts";
import { bySort, type Pipeline, renderStatus, type Status } from "../account/pipelines.ts";
import { notSupportedChoice } from "../account/refusals.ts";
import type { World } from "../account/world.ts";
import { asItem, asList, batchResponse, type BatchWrite, readJson, writeBatch } from "./batch.ts";
import { placeOf } from "./paging.ts";
import { PIPELINES_PATH, refusedId, requirePipeline } from "./pipeline_routes.ts";
import { hal, noContent, problem } from "./problems.ts";
import { Refusal } from "./refusal.ts";
import { checkColor, newStatus, type StatusInput, statusSchema } from "./status_input.ts";

/** The stages of one pipeline. */
export function addStatusRoutes(app: Hono, world: World): void {
  const path = `${PIPELINES_PATH}/:pipeline{[0-9]+}/statuses`;
  app.get(path, (context) => {
    const pipeline = requirePipeline(world, Number(context.req.param("pipeline")));
    const place = placeOf(context);
    const statuses = pipeline.statuses.map((found) => renderStatus(world, pipeline, found, place));
    return hal({
      _total_items: statuses.length,
      _links: { self: { href: `${place.origin}${PIPELINES_PATH}/${pipeline.id}/statuses` } },
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

function requireStatus(pipeline: Pipeline, id: number): Status {
  const status = pipeline.statuses.find((candidate) => candidate.id === id);
  if (status === undefined) throw new Refusal(problem(404, "Status not found"));
  return status;
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
