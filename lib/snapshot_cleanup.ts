import { dirname, join } from "node:path";

/** A snapshot is finished when its folder has this file. */
export const MANIFEST_FILE = "manifest.json";

/** The folder of all snapshots. */
export function snapshotsFolder(dataDir: string): string {
  return join(dataDir, "snapshots");
}

/** Whether a finished snapshot of this name is there. */
export async function snapshotExists(dataDir: string, name: string): Promise<boolean> {
  try {
    const { isFile } = await Deno.stat(join(snapshotsFolder(dataDir), name, MANIFEST_FILE));
    return isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** Removes a snapshot, and the folder of its date when that is empty then. */
export async function removeSnapshot(dataDir: string, name: string): Promise<void> {
  const folder = join(snapshotsFolder(dataDir), name);
  await removeIfThere(folder);
  await removeIfEmpty(dirname(folder));
}

/** Removes what dead runs of a DAG left: everything below its folder not touched since `before`. */
export async function removeLeftovers(
  dataDir: string,
  dag: string,
  before: Temporal.Instant,
): Promise<void> {
  const folder = join(snapshotsFolder(dataDir), dag);
  for (const date of await listFolders(folder)) {
    for (const run of await listFolders(join(folder, date))) {
      const { mtime } = await Deno.stat(join(folder, date, run));
      if (mtime && mtime.getTime() < before.epochMilliseconds) {
        await removeIfThere(join(folder, date, run));
      }
    }
    await removeIfEmpty(join(folder, date));
  }
}

async function listFolders(path: string): Promise<string[]> {
  try {
    const entries = await Array.fromAsync(Deno.readDir(path));
    return entries.filter(({ isDirectory }) => isDirectory).map(({ name }) => name);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

/** Removes a file or folder with all that is in it. */
export async function removeIfThere(path: string): Promise<void> {
  try {
    await Deno.remove(path, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

async function removeIfEmpty(path: string): Promise<void> {
  const rest = await listFolders(path);
  if (rest.length > 0) return;
  try {
    await Deno.remove(path);
  } catch (error) {
    // Gone already, or another run has just started there.
    const isBenign = error instanceof Deno.errors.NotFound ||
      (error instanceof Error && "code" in error && error.code === "ENOTEMPTY");
    if (!isBenign) throw error;
  }
}
