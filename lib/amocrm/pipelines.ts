import { z } from "zod";
import type { AmoSettings } from "../config.ts";
import type { AmoClient } from "./client.ts";
import { AmoError } from "./answers.ts";
import { findByNameOrId, type Named } from "./find_by_name.ts";

/** A stage; 142 (won) and 143 (lost) have the same id in every pipeline. */
export interface Status {
  readonly id: number;
  readonly name: string;
  readonly sort: number;
}

/** A pipeline with its stages. */
export interface Pipeline extends Named {
  readonly is_archive: boolean;
  readonly statuses: readonly Status[];
}

const statusShape = z.object({ id: z.int(), name: z.string(), sort: z.int() });
const pipelineShape = z.object({
  id: z.int(),
  name: z.string(),
  is_archive: z.boolean().nullish().transform((value) => value ?? false),
  _embedded: z.object({ statuses: z.array(statusShape) }),
});
const answerShape = z.object({ _embedded: z.object({ pipelines: z.array(pipelineShape).min(1) }) });

/** All pipelines. The route ignores `page` and `limit` and always gives everything, so it is read once. */
export async function readPipelines(client: AmoClient): Promise<readonly Pipeline[]> {
  const { body } = await client.get("/api/v4/leads/pipelines", {});
  const parsed = answerShape.safeParse(body);
  if (!parsed.success) {
    throw new AmoError(
      "Cannot read /api/v4/leads/pipelines: the answer is not a list of pipelines with their statuses, " +
        "expected one: check AMO_BASE_URL",
      200,
    );
  }
  return parsed.data._embedded.pipelines.map(({ _embedded: { statuses }, ...pipeline }) => ({
    ...pipeline,
    statuses,
  }));
}

/** The pipeline that AMO_PIPELINE names, without which nothing that is read of leads has a meaning. */
export function findRentalPipeline(
  pipelines: readonly Pipeline[],
  { pipeline: nameOrId }: AmoSettings,
): Pipeline {
  const found = findByNameOrId(pipelines, { kind: "pipeline", nameOrId, setting: "AMO_PIPELINE" });
  if (found.statuses.length > 0) return found;
  throw new AmoError(
    `Cannot use the pipeline "${nameOrId}" (${found.id}): it has no stages, expected some: ` +
      "create them with deno task helper_fields --all, or set AMO_PIPELINE to another",
    null,
  );
}
