// Calls `runs` with one list of arguments after the other, as many processes with the rights of this one would.
// Arguments: the lists, as JSON.
import { z } from "zod";
import { runToExitCode } from "../../lib/script/command.ts";
import { EXIT_CODE } from "../../lib/script/exit_code.ts";
import { main } from "../../pipeline/runs.ts";

for (const args of z.array(z.array(z.string())).parse(JSON.parse(Deno.args[0] ?? "[]"))) {
  const code = await runToExitCode(() => main(args));
  if (code === EXIT_CODE.done) continue;
  console.error(`runs ${args.join(" ")} ended with exit code ${code}`);
  Deno.exit(EXIT_CODE.failed);
}
