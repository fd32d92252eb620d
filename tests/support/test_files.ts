import { join } from "node:path";
import { PROJECT_DIR } from "./script.ts";
import { listFiles } from "./sources.ts";

/**
 * The files that take longest by themselves, slowest first: they begin before what is quick, so that none comes last,
 * when everybody would wait for it alone.
 */
export const SLOWEST_FIRST: readonly string[] = [
  "tests/pipeline/scheduler_chaos_test.ts",
  "tests/loaders/leads_generator_scale_test.ts",
  "tests/pipeline/demo_test.ts",
  "tests/pipeline/daily_interruption_test.ts",
  "tests/world/worlds_test.ts",
  "tests/world/worlds_of_more_seeds_test.ts",
  "tests/world/incremental_equals_full_test.ts",
  "tests/sql/ods/merge_property_test.ts",
  "tests/pipeline/runs/write_test.ts",
  "tests/loaders/leads_generator_test.ts",
  "tests/pipeline/daily_test.ts",
  "tests/pipeline/scheduler_twins_test.ts",
  "tests/privacy_test.ts",
  "tests/pipeline/daily_faults_test.ts",
  "tests/compile_test.ts",
  "tests/pipeline/scheduler_idle_test.ts",
  "tests/pipeline/migrate_test.ts",
  "tests/pipeline/scheduler_process_test.ts",
];

/** Every file of tests, in the order in which they are to begin. */
export async function listTestFiles(): Promise<string[]> {
  const files = await listFiles("tests", "_test.ts");
  return [...SLOWEST_FIRST, ...files.filter((file) => !SLOWEST_FIRST.includes(file))];
}

/** Whether the arguments of `deno test` name a file or a folder. */
export async function nameFiles(args: readonly string[]): Promise<boolean> {
  const found = await Promise.all(args.map(exists));
  return found.includes(true);
}

async function exists(path: string): Promise<boolean> {
  try {
    return Boolean(await Deno.stat(join(PROJECT_DIR, path)));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
