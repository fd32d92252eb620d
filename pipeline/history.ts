// Reads:  ods, stg; for a rebuild what the merges and builds of ods, dds and dm read
// Writes: nothing, but for rebuild --yes: ods, dds, dm, and that what follows from them is due
// When:   by hand: to see what became of a record, or to compute the history or the marts anew
// Try:    deno task history show lead
import { createCommand, runMain } from "../lib/script/command.ts";
import { EXIT_CODE } from "../lib/script/exit_code.ts";
import { dags } from "./daily.ts";
import { rebuildCommand } from "./history/rebuild.ts";
import { showCommand } from "./history/show.ts";

/** Runs one subcommand and returns the exit code. */
export async function main(args: readonly string[]): Promise<number> {
  let code: number = EXIT_CODE.done;
  const finish = (given: number) => {
    code = given;
  };
  await createCommand(
    "history",
    "Shows the history of a record, or computes histories and marts anew",
    [
      "deno task history show lead",
      "deno task history rebuild leads --dry-run",
    ],
  )
    .addCommand(showCommand(finish))
    .addCommand(rebuildCommand(dags, finish))
    .parseAsync(args, { from: "user" });
  return code;
}

if (import.meta.main) await runMain(() => main(Deno.args));
