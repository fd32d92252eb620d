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

/** A line of a snapshot, without its end. */
export interface SnapshotLine {
  readonly text: string;
  /** Its UTF-8, which is there until the next lines are asked for. */
  readonly bytes: Uint8Array;
}

// Small enough that between two of them the answers of the server are soon heard.
const BLOCK_BYTES = 16 * 1024;

/**
 * Streams the lines of a snapshot, some at a time, and throws at the end when they are not those that were written.
 *
 * Whoever reads it must therefore undo everything when it throws.
 */
export async function* readLines(
  dataDir: string,
  name: string,
  manifest: SnapshotManifest,
): AsyncGenerator<readonly SnapshotLine[], void, undefined> {
  const hash = createHash("sha256");
  using file = await Deno.open(join(snapshotFolder(dataDir, name), LINES_FILE));
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  let block = new Uint8Array(BLOCK_BYTES);
  let filled = 0;
  let count = 0;
  const read = () => file.read(block.subarray(filled));
  for (let size = await read(); size !== null; size = await read()) {
    hash.update(block.subarray(filled, filled + size));
    filled += size;
    const end = block.subarray(0, filled).lastIndexOf(LINE_FEED) + 1;
    const lines = splitLines(decoder, block.subarray(0, end));
    count += lines.length;
    yield lines;
    block.copyWithin(0, end, filled);
    filled -= end;
    if (filled === block.length) block = enlarge(block);
  }
  if (filled > 0 || count !== manifest.records || hash.digest("hex") !== manifest.sha256) {
    throw toDamage(name, "its records are not those that were written");
  }
}

const LINE_FEED = 10;

function splitLines(decoder: TextDecoder, bytes: Uint8Array): SnapshotLine[] {
  const texts = decoder.decode(bytes).split("\n");
  // Behind the last line feed there is nothing.
  texts.pop();
  let start = 0;
  return texts.map((text) => {
    const end = bytes.indexOf(LINE_FEED, start);
    const line = { text, bytes: bytes.subarray(start, end) };
    start = end + 1;
    return line;
  });
}

function enlarge(block: Uint8Array): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(block.length * 2);
  larger.set(block);
  return larger;
}

function toDamage(name: string, found: string): Error {
  return new Error(
    `Cannot load the snapshot ${name}: ${found}, expected a whole one: run again with --force to extract anew`,
  );
}
