import { PGlite } from "@electric-sql/pglite";
import { join } from "node:path";
import { WarehouseError } from "./warehouse.ts";

/**
 * Opens the PostgreSQL whose files are in `folder`, and makes them when there are none. Never starts over: throws
 * `WarehouseError` when there are files that it cannot use. Whoever calls holds the lock of the folder.
 */
export async function openDataFolder(folder: string): Promise<PGlite> {
  if (isEmpty(folder)) await createDataFolder(folder);
  else if (!exists(join(folder, "PG_VERSION"))) {
    throw new WarehouseError(
      `Cannot open the embedded warehouse ${folder}: it has files but no PG_VERSION, expected a whole ` +
        `warehouse or none: ${WAYS_ON}`,
    );
  }
  return await start(folder);
}

const WAYS_ON = "put it back from a backup, or move it away to begin with an empty one";

/**
 * Fills an empty or missing `folder` with a new PostgreSQL, or with the `files` that another one dumped. Made beside
 * its place and moved there when it is whole, so that a start that is cut off leaves no half.
 */
export async function createDataFolder(folder: string, files?: Blob): Promise<void> {
  const unfinished = `${folder}.unfinished`;
  if (exists(unfinished)) Deno.removeSync(unfinished, { recursive: true });
  const db = await start(unfinished, files);
  await db.close();
  if (exists(folder)) Deno.removeSync(folder);
  Deno.renameSync(unfinished, folder);
}

async function start(folder: string, files?: Blob): Promise<PGlite> {
  try {
    return await PGlite.create(folder, files ? { loadDataDir: files } : {});
  } catch (error) {
    throw new WarehouseError(
      `Cannot open the embedded warehouse ${folder}: its PostgreSQL does not start (${
        describe(error)
      })` +
        `${
          versionOf(folder)
        }, expected whole files of this program's own version, on a disk with room: ` +
        `if they are damaged, ${WAYS_ON}`,
      { cause: error },
    );
  }
}

/** Another version of PGlite may be another PostgreSQL, which cannot read the files. */
function versionOf(folder: string): string {
  const path = join(folder, "PG_VERSION");
  return exists(path) ? ` on files of PostgreSQL ${Deno.readTextFileSync(path).trim()}` : "";
}

/** PGlite throws plain objects of its file system and its runtime as well. */
function describe(error: unknown): string {
  if (error instanceof Error) return error.message;
  if (typeof error !== "object" || error === null) return String(error);
  const known = ["name", "message", "code", "errno", "status"].flatMap((key) => {
    const value: unknown = Reflect.get(error, key);
    return typeof value === "string" || typeof value === "number" ? [`${key} ${value}`] : [];
  });
  return known.length > 0 ? known.join(", ") : "no reason given";
}

/** Throws `WarehouseError` when something else is in its place. */
function isEmpty(folder: string): boolean {
  try {
    return Deno.readDirSync(folder)[Symbol.iterator]().next().done ?? false;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return true;
    if (error instanceof Deno.errors.NotADirectory) {
      throw new WarehouseError(
        `Cannot open the embedded warehouse ${folder}: it is a file, expected a folder: move it away, or ` +
          "set DATA_DIR to another folder",
      );
    }
    if (error instanceof Deno.errors.PermissionDenied) {
      throw new WarehouseError(
        `Cannot open the embedded warehouse ${folder}: this user may not read it, expected the user who made ` +
          "it: run as that user, or give the folder to this one with chown -R",
      );
    }
    throw error;
  }
}

function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
