import { createHash } from "node:crypto";
import { join } from "node:path";
import { manifestShape, type SnapshotManifest } from "./snapshot.ts";
import { LINES_FILE, MANIFEST_FILE, snapshotFolder } from "./snapshot_folder.ts";

/** Reads and checks the manifest of a finished snapshot; throws when it is gone, damaged or cut short. */
export async function readManifest(dataDir: string, name: string): Promise<SnapshotManifest> {
  try {
    return await checkManifest(snapshotFolder(dataDir, name), name);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) throw toDamage(name, "it is gone");
    throw error;
  }
}

async function checkManifest(folder: string, name: string): Promise<SnapshotManifest> {
  const text = await Deno.readTextFile(join(folder, MANIFEST_FILE));
  const parsed = manifestShape.safeParse(parseManifest(text));
  if (!parsed.success) throw toDamage(name, "its manifest is not readable");
  const { bytes } = parsed.data;
  const { size } = await Deno.stat(join(folder, LINES_FILE));
  if (size !== bytes) {
    throw toDamage(name, `it has ${size} bytes of records, and its manifest says ${bytes}`);
  }
  return parsed.data;
}

function parseManifest(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/**
 * Streams the lines of a snapshot as text, some at a time, and throws at the end when they are not those that were
 * written.
 *
 * Whoever reads it must therefore undo everything when it throws.
 */
export async function* readLines(
  dataDir: string,
  name: string,
  manifest: SnapshotManifest,
): AsyncGenerator<readonly string[], void, undefined> {
  const hash = createHash("sha256");
  using file = await Deno.open(join(snapshotFolder(dataDir, name), LINES_FILE));
  const decoder = new TextDecoder("utf-8", { fatal: true });
  // Small enough that between two of them the answers of the server are soon heard.
  const buffer = new Uint8Array(64 * 1024);
  let rest = "";
  let count = 0;
  for (let size = await file.read(buffer); size !== null; size = await file.read(buffer)) {
    const bytes = buffer.subarray(0, size);
    hash.update(bytes);
    const lines = (rest + decoder.decode(bytes, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    count += lines.length;
    yield lines;
  }
  if (rest !== "" || count !== manifest.records || hash.digest("hex") !== manifest.sha256) {
    throw toDamage(name, "its records are not those that were written");
  }
}

function toDamage(name: string, found: string): Error {
  return new Error(
    `Cannot load the snapshot ${name}: ${found}, expected a whole one: run again with --force to extract anew`,
  );
}
