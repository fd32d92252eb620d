import { z } from "zod";
import { type Pipeline, readPipelines, type Status } from "../../lib/amocrm/pipelines.ts";
import { createAll, type Wanted } from "../account/creation.ts";
import type { Setup } from "../fields/field_setup.ts";
import { findOrPlan, matchByName } from "../account/named_setup.ts";
import type { SetupLine } from "../account/setup_line.ts";

/** A pipeline as `loaders/data/car_rental_pipeline.json` describes it. */
export interface PipelinePlan {
  readonly name: string;
  /** In their order, without won and lost. */
  readonly stages: readonly { readonly name: string; readonly color: string }[];
  /** What the statuses 142 and 143, which every pipeline has, are called in it. */
  readonly won: string;
  readonly lost: string;
}

/** Checks the description of a pipeline; throws a ZodError. */
export const pipelinePlanShape: z.ZodType<PipelinePlan> = z.strictObject({
  name: z.string().min(1),
  stages: z.array(z.strictObject({ name: z.string().min(1), color: z.string() })).min(1),
  won: z.string().min(1),
  lost: z.string().min(1),
});

const WON = 142;
const LOST = 143;
const PATH = "/api/v4/leads/pipelines";

/** Makes sure that the rental pipeline (`AMO_PIPELINE`) is there with the stages of the plan. */
export async function ensurePipeline(setup: Setup, plan: PipelinePlan): Promise<SetupLine[]> {
  const found = findOrPlan(await readPipelines(setup.client), {
    kind: "pipeline",
    nameOrId: setup.settings.pipeline,
    setting: "AMO_PIPELINE",
  });
  if (!found) return await createPipeline(setup, plan);
  return [toPipelineLine(found), ...await ensureStages(setup, plan, found)];
}

async function createPipeline(setup: Setup, plan: PipelinePlan): Promise<SetupLine[]> {
  const statuses = [
    ...toStages(plan),
    { id: WON, name: plan.won },
    { id: LOST, name: plan.lost },
  ];
  const lines = await createAll(setup.writer, {
    kind: "pipeline",
    what: "pipelines",
    path: PATH,
    collection: "pipelines",
    toBody: ({ name }) => ({
      name,
      sort: 2,
      is_main: false,
      is_unsorted_on: true,
      _embedded: { statuses },
    }),
    findWritten: async (items) => matchByName(items, await readPipelines(setup.client)),
  }, [{ name: setup.settings.pipeline }]);
  return [
    ...lines,
    ...statuses.map(({ name }) => ({
      kind: "stage",
      name,
      id: null,
      state: lines.every(({ state }) => state === "created") ? "created" : "refused",
    } as const)),
  ];
}

function toPipelineLine({ id, name, is_archive: isArchive }: Pipeline): SetupLine {
  const line = { kind: "pipeline", name, id, state: "there" } as const;
  return isArchive ? { ...line, warning: "is archived: left as it is" } : line;
}

/** Adds the stages that are missing; those of won and lost are only compared. */
async function ensureStages(
  setup: Setup,
  plan: PipelinePlan,
  pipeline: Pipeline,
): Promise<SetupLine[]> {
  const stages = toStages(plan);
  const there = matchByName(stages, pipeline.statuses);
  const created = await createAll(setup.writer, {
    kind: "stage",
    what: "stages",
    path: `${PATH}/${pipeline.id}/statuses`,
    collection: "statuses",
    toBody: (stage) => stage,
    findWritten: async (items) => {
      const now = (await readPipelines(setup.client)).find(({ id }) => id === pipeline.id);
      return matchByName(items, now?.statuses ?? []);
    },
  }, stages.filter((stage) => !there.has(stage)));
  return [
    ...[...there].map(([{ name }, id]) => ({ kind: "stage", name, id, state: "there" } as const)),
    ...created,
    toFixedLine(pipeline.statuses, WON, plan.won),
    toFixedLine(pipeline.statuses, LOST, plan.lost),
  ];
}

function toStages(plan: PipelinePlan): readonly (Wanted & { color: string; sort: number })[] {
  return plan.stages.map(({ name, color }, i) => ({ name, color, sort: 20 + 10 * i }));
}

function toFixedLine(statuses: readonly Status[], id: number, wanted: string): SetupLine {
  const name = statuses.find((status) => status.id === id)?.name ?? wanted;
  const line = { kind: "stage", name, id, state: "there" } as const;
  const isSame = name.trim().toLowerCase() === wanted.toLowerCase();
  return isSame ? line : { ...line, warning: `is not called "${wanted}": left as it is` };
}
