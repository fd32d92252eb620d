import { dirname, join } from "node:path";
import { MANIFEST_FILE, snapshotFolder, snapshotsFolder } from "./snapshot_folder.ts";

/** Whether a finished snapshot of this name is there. */
export async function snapshotExists(dataDir: string, name: string): Promise<boolean> {
  return await isFile(join(snapshotFolder(dataDir, name), MANIFEST_FILE));
}

/** Removes a snapshot, and the folder of its date when that is empty then. */
export async function removeSnapshot(dataDir: string, name: string): Promise<void> {
  const folder = snapshotFolder(dataDir, name);
  await removeIfThere(folder);
  await removeIfEmpty(dirname(folder));
}

/**
 * Removes what dead runs left below the folder of "leads", "clients" or "cars": everything that was last touched
 * before `before`, or with `keepFinished` only what never became a whole snapshot.
 */
export async function removeLeftovers(
  dataDir: string,
  entity: string,
  before: Temporal.Instant,
  keepFinished: boolean,
): Promise<void> {
  const folder = join(snapshotsFolder(dataDir), entity);
  for (const date of await listFolders(folder)) {
    for (const run of await listFolders(join(folder, date))) {
      const path = join(folder, date, run);
      const isKept = keepFinished && await isFile(join(path, MANIFEST_FILE));
      if (!isKept && await isOlder(path, before)) await removeIfThere(path);
    }
    await removeIfEmpty(join(folder, date));
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

async function isFile(path: string): Promise<boolean> {
  return (await statIfThere(path))?.isFile ?? false;
}

async function isOlder(path: string, than: Temporal.Instant): Promise<boolean> {
  const mtime = (await statIfThere(path))?.mtime;
  return mtime ? mtime.getTime() < than.epochMilliseconds : false;
}

async function statIfThere(path: string): Promise<Deno.FileInfo | null> {
  try {
    return await Deno.stat(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
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
