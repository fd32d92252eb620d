import { join } from "node:path";
import { PROJECT_DIR } from "./script.ts";
import { listFiles } from "./sources.ts";

/**
 * The files that take longest, slowest first. They begin first, because one that begins last keeps everybody
 * waiting for it alone.
 */
export const SLOWEST_FIRST: readonly string[] = [];

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
