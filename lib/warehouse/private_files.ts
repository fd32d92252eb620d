import { join } from "node:path";

/** What this program keeps below DATA_DIR. */
const OWN_ENTRIES = [
  "demo",
  "loaders",
  "snapshots",
  "warehouse",
  "warehouse.lock",
  "warehouse.unfinished",
  "workers",
];

/** May lie beside them without any secret. */
const HARMLESS_ENTRIES = ["logs", ".gitignore", ".gitkeep"];

const OTHERS = 0o077;

/**
 * Keeps what this program writes from other users of the machine: what it makes from now on, whatever the umask
 * was, and what an earlier version left open below `dataDir`. A folder that is somebody else's as well stays as it
 * is, and so does all that is not this program's in it.
 */
export function closeToOthers(dataDir: string): void {
  // Windows has neither umask nor modes.
  if (Deno.build.os !== "windows") narrowUmask();
  const entries = listNames(dataDir);
  for (const name of entries.filter((one) => OWN_ENTRIES.includes(one))) {
    closeTree(join(dataDir, name));
  }
  if (entries.every((one) => OWN_ENTRIES.includes(one) || HARMLESS_ENTRIES.includes(one))) {
    closeOne(dataDir);
  }
}

function narrowUmask(): void {
  try {
    Deno.umask(OTHERS);
  } catch (error) {
    // Started with permissions of its own; then the next start closes what this one leaves.
    if (!(error instanceof Deno.errors.NotCapable)) throw error;
  }
}

/** Closes a file, or a folder and all in it, to other users. */
export function closeTree(path: string): void {
  if (!closeOne(path)) return;
  for (const name of listNames(path)) closeTree(join(path, name));
}

/** Returns whether it is a folder, whose entries come next. Links are left alone. */
function closeOne(path: string): boolean {
  if (Deno.build.os === "windows") return false;
  try {
    const { mode, isDirectory, isFile } = Deno.lstatSync(path);
    if (!isDirectory && !isFile) return false;
    if (mode !== null && (mode & OTHERS) !== 0) Deno.chmodSync(path, isDirectory ? 0o700 : 0o600);
    return isDirectory;
  } catch (error) {
    // Another process has removed it, or it belongs to another user, who has to close it.
    if (error instanceof Deno.errors.NotFound) return false;
    if (error instanceof Deno.errors.PermissionDenied) return false;
    throw error;
  }
}

function listNames(folder: string): string[] {
  try {
    return [...Deno.readDirSync(folder)].map(({ name }) => name);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    if (error instanceof Deno.errors.PermissionDenied) return [];
    // What stands in the way is said by whoever opens it.
    if (error instanceof Deno.errors.NotADirectory) return [];
    throw error;
  }
}
