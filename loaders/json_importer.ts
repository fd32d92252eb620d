// Reads:  a file of catalog elements (JSON, NDJSON or CSV); amoCRM: the catalog, its fields and elements
// Writes: amoCRM: elements of that catalog; DATA_DIR/loaders/<account>: how far an import has come
// When:   by hand, to fill a catalog or to bring it up to a file
// Try:    deno task json_importer --catalog Cars --file loaders/data/cars_catalog_elements.json

import { type AmoSettings, ConfigError } from "../lib/config.ts";
import { EXIT_CODE } from "../lib/script/exit_code.ts";
import { type ElementCatalog, guessCatalog, openCatalog } from "./catalogs/element_catalog.ts";
import { checkRecords, type PlannedElement } from "./catalogs/element_check.ts";
import { type ElementFile, type FileProblem, readElementFile } from "./catalogs/element_file.ts";
import { importElements, type ImportResult } from "./catalogs/element_import.ts";
import { openImportState } from "./catalogs/import_state.ts";
import { type Loader, type LoaderSession, runLoaderCommand } from "./account/loader_command.ts";

interface JsonImporterFlags {
  readonly file: string;
  readonly catalog?: string;
  readonly skipInvalid?: boolean;
}

const DEFAULT_FILE = "loaders/data/clients_catalog_elements_final.json";
const MOST_SHOWN = 20;

export const loader: Loader<JsonImporterFlags> = {
  id: "json_importer",
  description:
    "Uploads catalog elements from a file; elements that are there are changed, not doubled",
  examples: [
    "--yes",
    "--file loaders/data/cars_catalog_elements.json --catalog Cars --yes",
    "--file clients.csv --skip-invalid --yes",
  ],
  options: (command) =>
    command
      .option("--file <path>", "elements as JSON, .ndjson or .csv", DEFAULT_FILE)
      .option(
        "--catalog <name or id>",
        "where they go (default: the catalog of clients or cars, by their fields)",
      )
      .option("--skip-invalid", "send the good elements although others are not good"),
  run: async (session, flags) => {
    const file = await readElementFile(flags.file);
    const nameOrId = flags.catalog ?? defaultCatalog(session.settings, file);
    const catalog = await openCatalog(session, nameOrId);
    const checked = checkRecords(file.records, catalog, session.account.timeZone);
    const problems = [...file.problems, ...checked.problems];
    printProblems(session, problems);
    if (problems.length > 0 && !flags.skipInvalid) {
      session.print("Nothing is sent: correct the file, or leave those out with --skip-invalid");
      return EXIT_CODE.failed;
    }
    return await send(session, catalog, checked.elements);
  },
};

async function send(
  session: LoaderSession,
  catalog: ElementCatalog,
  elements: readonly PlannedElement[],
): Promise<number> {
  const state = session.mode === "write" ? await openImportState(session.folder, catalog.id) : null;
  if (state && state.size > 0) {
    session.print(
      `Going on with an import of ${state.startedAt}: ${state.size} were created by it`,
    );
  }
  const result = await importElements(session, catalog, elements, state);
  printProblems(session, result.refused);
  session.print(describeResult(session, catalog, result));
  if (result.refused.length > 0) return EXIT_CODE.failed;
  await state?.remove();
  return EXIT_CODE.done;
}

function defaultCatalog(settings: AmoSettings, { records }: ElementFile): string {
  const guess = guessCatalog(settings, records[0]?.values ?? {});
  if (guess !== null) return guess;
  throw new ConfigError(
    "Cannot tell which catalog the elements are for: the first one has neither a plate nor a license, " +
      "expected one of them: name the catalog with --catalog",
  );
}

function printProblems(session: LoaderSession, problems: readonly FileProblem[]): void {
  for (const { line, path, reason } of problems.slice(0, MOST_SHOWN)) {
    session.print(`line ${line}${path === "" ? "" : `, ${path}`}: ${reason}`);
  }
  if (problems.length > MOST_SHOWN) session.print(`and ${problems.length - MOST_SHOWN} more`);
}

function describeResult(
  { mode }: LoaderSession,
  { name }: ElementCatalog,
  { created, changed, unchanged, refused }: ImportResult,
): string {
  const verb = mode === "write" ? "" : "to be ";
  const counts = [
    `${created} ${verb}created`,
    `${changed} ${verb}changed`,
    `${unchanged} as they were`,
    ...(refused.length > 0 ? [`${refused.length} refused`] : []),
  ];
  return `Catalog "${name}": ${counts.join(", ")}`;
}

if (import.meta.main) await runLoaderCommand(loader);
