import { join } from "node:path";
import type { LogFile } from "./log_file.ts";

/** Where a log file lies. */
export function pathOf({ folder, name }: LogFile): string {
  return join(folder, name);
}

/** The lines of a log file; null where it is not there: it may lie on another machine, or have been pruned. */
export async function readLines(file: LogFile): Promise<string | null> {
  try {
    return await Deno.readTextFile(pathOf(file));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

/** Whether this program may read log files there. */
export function mayReadLogs(folder: string): boolean {
  return Deno.permissions.querySync({ name: "read", path: folder }).state === "granted";
}
