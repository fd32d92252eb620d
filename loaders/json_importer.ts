// Reads:  a file of catalog elements (JSON, also as the API has them, NDJSON or CSV); amoCRM: the catalog, its fields and elements
// Writes: amoCRM: elements of that catalog; DATA_DIR/loaders/<account>: how far an import has come
// When:   by hand, to fill a catalog or to bring it up to a file
// Try:    deno task json_importer --catalog Cars --file loaders/data/cars_catalog_elements.json

import { type AmoSettings, ConfigError } from "../lib/config.ts";
import { EXIT_CODE } from "../lib/script/exit_code.ts";
import { type ElementCatalog, guessCatalog, openCatalog } from "./catalogs/element_catalog.ts";
import { checkRecords } from "./catalogs/element_check.ts";
import { type ElementFile, readElementFile } from "./catalogs/element_file.ts";
import {
  importElements,
  type ImportOptions,
  type ImportPlan,
  type ImportResult,
  planImport,
} from "./catalogs/element_import.ts";
import { describeChange, describeEmptied } from "./catalogs/element_preview.ts";
import type { FileProblem } from "./catalogs/file_record.ts";
import { openImportState } from "./catalogs/import_state.ts";
import { type Loader, type LoaderSession, runLoaderCommand } from "./account/loader_command.ts";

interface JsonImporterFlags {
  readonly file: string;
  readonly catalog?: string;
  readonly skipInvalid?: boolean;
  readonly clearEmpty?: boolean;
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
    "--file - --catalog Clients < clients.ndjson",
  ],
  options: (command) =>
    command
      .option(
        "--file <path>",
        "elements as JSON, .ndjson or .csv; - is standard input",
        DEFAULT_FILE,
      )
      .option(
        "--catalog <name or id>",
        "where they go (default: the catalog of clients or cars, by their fields)",
      )
      .option("--skip-invalid", "send the valid elements even if others are invalid")
      .option("--clear-empty", "empty the values that the file leaves empty (default: they stay)"),
  run: runImport,
};

async function runImport(session: LoaderSession, flags: JsonImporterFlags): Promise<number> {
  const { mode, print, account } = session;
  const file = await readElementFile(flags.file);
  const nameOrId = flags.catalog ?? defaultCatalog(session.settings, file);
  const catalog = await openCatalog(session, nameOrId);
  const { elements, problems } = checkRecords(file.records, catalog, account.timeZone);
  const state = mode === "write" ? await openImportState(session.folder, catalog.id) : null;
  const options: ImportOptions = {
    clearEmpty: flags.clearEmpty ?? false,
    state,
    describe: (change) => describeChange(change, catalog, account.timeZone),
  };
  const plan = await planImport(session, catalog, elements, options);
  const all = [...file.problems, ...problems, ...plan.problems];
  printProblems(session, all);
  if (all.length > 0 && !flags.skipInvalid) {
    print("Nothing is sent: correct the file, or leave those out with --skip-invalid");
    return EXIT_CODE.failed;
  }
  if (state && state.size > 0) {
    print(`Going on with an import of ${state.startedAt}: ${state.size} were created by it`);
  }
  if (mode === "show") {
    for (const change of plan.changes) {
      print(`  ${options.describe(change)}`);
    }
  }
  return await send(session, catalog, plan, options);
}

async function send(
  session: LoaderSession,
  catalog: ElementCatalog,
  plan: ImportPlan,
  options: ImportOptions,
): Promise<number> {
  const result = await importElements(session, catalog, plan, options);
  printProblems(session, result.refused);
  for (const line of describeEmpty(session, plan)) session.print(line);
  session.print(describeResult(session, catalog, plan, result));
  if (result.refused.length > 0) return EXIT_CODE.failed;
  await options.state?.remove();
  return EXIT_CODE.done;
}

/** What becomes of values that the file leaves empty. */
function describeEmpty({ mode }: LoaderSession, { changes, spared }: ImportPlan): string[] {
  const emptied = describeEmptied(changes);
  return [
    ...(emptied === null ? [] : [`Values ${mode === "write" ? "" : "to be "}emptied: ${emptied}`]),
    ...(spared === 0 ? [] : [
      `Values that the file leaves empty, and that stay: ${spared} (--clear-empty empties them)`,
    ]),
  ];
}

function defaultCatalog(settings: AmoSettings, { names }: ElementFile): string {
  const guess = guessCatalog(settings, names);
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
  { unchanged }: ImportPlan,
  { created, changed, refused }: ImportResult,
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
