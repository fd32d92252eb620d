// Reads:  amoCRM: fields of leads; with --all also catalogs, their fields, and pipelines
// Writes: amoCRM: those that the pipeline needs and that are missing; nothing is renamed or deleted
// When:   by hand, before the first `deno task daily`, or when an extract names a missing field
// Try:    deno task helper_fields --all

import { EXIT_CODE } from "../lib/script/exit_code.ts";
import { ensureCatalogs } from "./catalogs/catalog_setup.ts";
import { ensureFields } from "./fields/field_setup.ts";
import { type Loader, type LoaderSession, runLoaderCommand } from "./account/loader_command.ts";
import { ensurePipeline, pipelinePlanShape } from "./rentals/pipeline_setup.ts";
import { formatSetup } from "./account/setup_line.ts";
import carRentalPipeline from "./data/car_rental_pipeline.json" with { type: "json" };

interface HelperFieldsFlags {
  readonly all?: boolean;
}

export const loader: Loader<HelperFieldsFlags> = {
  id: "helper_fields",
  description: "Creates what the pipeline needs in the account and does not find there",
  examples: ["--yes", "--all --yes --account mycompany"],
  options: (command) =>
    command.option("--all", "also the catalogs with their fields, and the rental pipeline"),
  run: async (session, flags) => {
    const lines = flags.all ? await setUpAll(session) : await setUpLeads(session);
    for (const line of formatSetup(lines, session.mode)) session.print(line);
    return lines.some(({ state }) => state === "refused") ? EXIT_CODE.failed : EXIT_CODE.done;
  },
};

function setUpLeads(session: LoaderSession) {
  return ensureFields(session, { entity: "leads", path: "/api/v4/leads", isNew: false });
}

async function setUpAll(session: LoaderSession) {
  return [
    ...await setUpLeads(session),
    ...await ensureCatalogs(session),
    ...await ensurePipeline(session, pipelinePlanShape.parse(carRentalPipeline)),
  ];
}

if (import.meta.main) await runLoaderCommand(loader);
