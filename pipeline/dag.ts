// Reads:  what the DAG reads
// Writes: what the DAG writes
// When:   as `rental dag ID` in a container, where the DAGs are no scripts of their own
// Try:    deno run -q -P=pipeline pipeline/dag.ts daily_load_ods_cars --dry-run
import { runMain } from "../lib/script/command.ts";
import { ConfigError } from "../lib/config.ts";
import { runDagByArgs } from "../lib/script/dag_command.ts";
import { dags } from "./daily.ts";

/** Runs the DAG whose id comes first, with the rest as the arguments of its script. */
export async function main([id, ...args]: readonly string[]): Promise<number> {
  const dag = dags.find((one) => one.id === id);
  if (dag) return await runDagByArgs(dag, args);
  const ids = dags.map((one) => one.id).join(", ");
  throw new ConfigError(`Cannot find the DAG "${id ?? ""}", expected one of ${ids}`);
}

if (import.meta.main) await runMain(() => main(Deno.args));
