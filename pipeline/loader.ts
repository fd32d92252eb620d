// Reads:  what the loader reads
// Writes: what the loader writes to the account
// When:   as `rental loader NAME` in a container, where the loaders are no scripts of their own
// Try:    deno run -q -P=loaders pipeline/loader.ts helper_fields --all
import { runMain } from "../lib/script/command.ts";
import { ConfigError } from "../lib/config.ts";
import { type Loader, runLoaderByArgs } from "../loaders/account/loader_command.ts";
import { loader as calendarImporter } from "../loaders/calendar_importer.ts";
import { loader as cleaner } from "../loaders/cleaner.ts";
import { loader as helperFields } from "../loaders/helper_fields.ts";
import { loader as jsonImporter } from "../loaders/json_importer.ts";
import { loader as leadsGenerator } from "../loaders/leads_generator.ts";

/** Each loader by its id, which is the name of its file. */
const runs = new Map([
  entryOf(helperFields),
  entryOf(jsonImporter),
  entryOf(cleaner),
  entryOf(leadsGenerator),
  entryOf(calendarImporter),
]);

/** Runs the loader whose id comes first, with the rest as the arguments of its script. */
export async function main([id = "", ...args]: readonly string[]): Promise<number> {
  const run = runs.get(id);
  if (run) return await run(args);
  const ids = [...runs.keys()].join(", ");
  throw new ConfigError(`Cannot find the loader "${id}", expected one of ${ids}`);
}

type Run = (args: readonly string[]) => Promise<number>;

function entryOf<Flags>(loader: Loader<Flags>): readonly [string, Run] {
  return [loader.id, (args) => runLoaderByArgs(loader, args)];
}

if (import.meta.main) await runMain(() => main(Deno.args));
