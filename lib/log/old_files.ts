import { getLogger } from "@logtape/logtape";
import { dirname, join } from "node:path";
import { errorText } from "./error_text.ts";

const log = getLogger(["log"]);

/** Removes the log files of a DAG that nobody has written to for `keepDays` days; a failure is only logged. */
export async function removeOldLogFiles(
  folder: string,
  dagId: string,
  keepDays: number,
): Promise<void> {
  const before = Temporal.Now.instant().subtract({ hours: 24 * keepDays });
  // Without the right to it, the first line that cannot be kept says so.
  if (Deno.permissions.querySync({ name: "read", path: folder }).state !== "granted") return;
  try {
    await removeLogFiles(await listLogFiles(folder, before, dagId));
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) return;
    // Like the writing of logs: whatever is wrong with the folder, the run goes on.
    log.warn("{problem}", {
      problem: `Cannot remove old log files below LOG_DIR "${folder}": ${errorText(error)}`,
    });
  }
}

/** The log files below the folder that were last written before a moment, of one DAG or of all. */
export async function listLogFiles(
  folder: string,
  before: Temporal.Instant,
  dagId?: string,
): Promise<string[]> {
  const found: string[] = [];
  for (const dag of dagId === undefined ? await listNames(folder) : [dagId]) {
    for (const date of await listNames(join(folder, dag))) {
      if (!/^\d{4}-\d{2}-\d{2}$/.test(date)) continue;
      for (const name of await listNames(join(folder, dag, date))) {
        const path = join(folder, dag, date, name);
        if (name.endsWith(".log") && await isOlder(path, before)) found.push(path);
      }
    }
  }
  return found;
}

/** Removes log files, and the folders of dates and DAGs that are empty then. */
export async function removeLogFiles(paths: readonly string[]): Promise<void> {
  for (const path of paths) await removeIfPossible(path);
  const dates = new Set(paths.map((path) => dirname(path)));
  for (const date of dates) await removeIfPossible(date);
  for (const dag of new Set([...dates].map((date) => dirname(date)))) await removeIfPossible(dag);
}

async function listNames(folder: string): Promise<string[]> {
  try {
    return (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name).sort();
  } catch (error) {
    if (isAbsence(error)) return [];
    throw error;
  }
}

async function isOlder(path: string, than: Temporal.Instant): Promise<boolean> {
  try {
    const { mtime } = await Deno.stat(path);
    return mtime !== null && mtime.getTime() < than.epochMilliseconds;
  } catch (error) {
    if (isAbsence(error)) return false;
    throw error;
  }
}

/** Not when it is gone already, nor when it is a folder with something in it. */
async function removeIfPossible(path: string): Promise<void> {
  try {
    await Deno.remove(path);
  } catch (error) {
    if (!isAbsence(error) && !isNotEmpty(error)) throw error;
  }
}

/** Another process removed it first, or it never was a folder. */
function isAbsence(error: unknown): boolean {
  return error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory;
}

function isNotEmpty(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOTEMPTY";
}
