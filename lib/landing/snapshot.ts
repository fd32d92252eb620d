import { createHash } from "node:crypto";
import { dirname, join } from "node:path";
import { z } from "zod";
import type { Entity } from "../amocrm/wanted_fields.ts";
import type { SchemaEntry } from "./source_schema.ts";
import { removeIfThere } from "./snapshot_cleanup.ts";
import { LINES_FILE, MANIFEST_FILE, snapshotFolder } from "./snapshot_folder.ts";
import { MOST_UTF8_BYTES } from "./utf8.ts";

/** What snapshots are of. */
export type SnapshotEntity = Entity | "events";

/** Where the snapshot of one run lies: DATA_DIR/snapshots/<entity>/<date>/<run id>/. */
export interface SnapshotPlace {
  readonly dataDir: string;
  readonly entity: SnapshotEntity;
  /** The logical date, "2026-05-03". */
  readonly date: string;
  readonly runId: string;
}

/** What a load of events must know. */
export interface EventFacts {
  /** The rental pipeline; null when no lead was asked for. */
  readonly pipelineId: number | null;
  /** Whether the whole trash and the events of the last days were read. */
  readonly isFull: boolean;
  /** Whether the feed showed any event. */
  readonly hasEvents: boolean;
}

/** What a load of leads must know: which of them the lines are, and what may be compared with what. */
export interface LeadFacts {
  readonly pipelineId: number;
  /** Whether all leads were read, not only what changed. */
  readonly isFull: boolean;
  /** Where a read of changes begins, as an ISO instant like the next; null when all were read. */
  readonly from: string | null;
  /** The upper bound of the read before; null when there is none, or none that this one can be held against. */
  readonly cursor: string | null;
  readonly overlapMinutes: number;
  /** Everything that decides which leads land and what becomes of their fields: when it changes, all are read. */
  readonly settings: string;
}

/** What a load must know besides the lines: how the records are to be read. */
export interface SnapshotFacts {
  readonly entity: SnapshotEntity;
  readonly accountTimeZone: string;
  /** The CRM's time at the start of the run, as an ISO instant. */
  readonly upperBound: string;
  /** STG column to its field. */
  readonly fields: Readonly<Record<string, { readonly id: number; readonly type: string }>>;
  readonly carsCatalogId: number | null;
  readonly clientsCatalogId: number | null;
  /** Records that STG has as live and that are certainly not in the account any more. */
  readonly absentIds?: number[];
  /** The fields as the account had them; none of events. */
  readonly schema?: SchemaEntry[];
  /** Of events alone. */
  readonly events?: EventFacts;
  /** Of leads alone. */
  readonly leads?: LeadFacts;
}

const leadFactsShape = z.object({
  pipelineId: z.int(),
  isFull: z.boolean(),
  from: z.string().nullable(),
  cursor: z.string().nullable(),
  overlapMinutes: z.number(),
  settings: z.string(),
});

const schemaEntryShape = z.object({
  kind: z.enum(["field", "option", "pipeline", "stage"]),
  key: z.string(),
  name: z.string(),
  type: z.string().nullable(),
  code: z.string().nullable(),
});

const eventFactsShape = z.object({
  pipelineId: z.int().nullable(),
  isFull: z.boolean(),
  hasEvents: z.boolean(),
});

const ENTITIES = ["leads", "clients", "cars", "events"] as const;

/** The manifest as JSON. */
export const manifestShape = z.object({
  entity: z.enum(ENTITIES),
  accountTimeZone: z.string(),
  upperBound: z.string(),
  fields: z.record(z.string(), z.object({ id: z.int(), type: z.string() })),
  carsCatalogId: z.int().nullable(),
  clientsCatalogId: z.int().nullable(),
  absentIds: z.array(z.int()).optional(),
  schema: z.array(schemaEntryShape).optional(),
  events: eventFactsShape.optional(),
  leads: leadFactsShape.optional(),
  records: z.int(),
  bytes: z.int(),
  sha256: z.string(),
});

/** The facts, and what the file of lines must look like. */
export type SnapshotManifest = z.infer<typeof manifestShape>;

/** Takes records in and becomes a snapshot; without `finish` it leaves nothing behind. */
export interface SnapshotWriter extends AsyncDisposable {
  /** One line per record: `{"observed_at":…,"record":…}`. Calls may overlap; each waits for its turn. */
  write(records: readonly unknown[], observedAt: Temporal.Instant): Promise<void>;
  /** Writes the manifest and gives the snapshot its name, "leads/2026-05-03/<run id>", which it returns. */
  finish(facts: SnapshotFacts): Promise<string>;
}

// Snapshots hold personal data.
const OWNER_ONLY_FILE = 0o600;
const OWNER_ONLY_FOLDER = 0o700;

/**
 * Starts a snapshot under a temporary name.
 *
 * It gets its real name by one rename after everything is on the disk, so that a folder of that name is
 * always a whole snapshot, whenever this process dies.
 */
export async function createSnapshot(place: SnapshotPlace): Promise<SnapshotWriter> {
  const name = `${place.entity}/${place.date}/${place.runId}`;
  const folder = snapshotFolder(place.dataDir, name);
  // A name of its own: an earlier try of this run may still be on its way out.
  const unfinished = `${folder}.${crypto.randomUUID().slice(0, 8)}.unfinished`;
  await Deno.mkdir(dirname(folder), { recursive: true, mode: OWNER_ONLY_FOLDER });
  await Deno.mkdir(unfinished, { mode: OWNER_ONLY_FOLDER });
  const lines = await createLines(join(unfinished, LINES_FILE));
  let isFinished = false;
  return {
    write: (records, observedAt) => lines.append(records, observedAt),
    async finish(facts) {
      const totals = await lines.close();
      const manifest: SnapshotManifest = {
        ...facts,
        fields: { ...facts.fields },
        ...totals,
      };
      await writeSynced(join(unfinished, MANIFEST_FILE), JSON.stringify(manifest, null, 2) + "\n");
      // A second try of the same run replaces what the first one left.
      await removeIfThere(folder);
      await Deno.rename(unfinished, folder);
      await syncFolder(dirname(folder));
      isFinished = true;
      return name;
    },
    async [Symbol.asyncDispose]() {
      if (isFinished) return;
      await lines.close();
      await removeIfThere(unfinished);
    },
  };
}

/** Of lines that wait to be written. */
const BUFFER_BYTES = 64 * 1024;

async function createLines(path: string) {
  const file = await Deno.open(path, { createNew: true, write: true, mode: OWNER_ONLY_FILE });
  const hash = createHash("sha256");
  const encoder = new TextEncoder();
  const totals = { records: 0, bytes: 0 };
  let buffer = new Uint8Array(BUFFER_BYTES);
  let used = 0;
  let turn: Promise<void> = Promise.resolve();
  let closed: Promise<{ records: number; bytes: number; sha256: string }> | null = null;
  const flush = async () => {
    const bytes = buffer.subarray(0, used);
    await writeAll(file, bytes);
    hash.update(bytes);
    totals.bytes += used;
    used = 0;
  };
  // One after the other, into the same memory: all lines of a page would be as large as the page once more.
  const appendNow = async (records: readonly unknown[], observedAt: Temporal.Instant) => {
    const observed_at = observedAt.toString();
    for (const record of records) {
      const line = `${JSON.stringify({ observed_at, record })}\n`;
      const most = line.length * MOST_UTF8_BYTES;
      if (used + most > buffer.length) await flush();
      if (most > buffer.length) buffer = new Uint8Array(most);
      used += encoder.encodeInto(line, buffer.subarray(used)).written;
      totals.records++;
    }
    await flush();
  };
  const closeNow = async () => {
    // A failed write was reported to its caller already.
    await turn.catch(() => {});
    await file.sync();
    file.close();
    return { ...totals, sha256: hash.digest("hex") };
  };
  return {
    append(records: readonly unknown[], observedAt: Temporal.Instant): Promise<void> {
      // Workers write side by side; a failed write fails all later ones, or a line would be missing.
      turn = turn.then(() => appendNow(records, observedAt));
      return turn;
    },
    close: () => closed ??= closeNow(),
  };
}

async function writeAll(file: Deno.FsFile, bytes: Uint8Array): Promise<void> {
  for (let done = 0; done < bytes.length;) done += await file.write(bytes.subarray(done));
}

async function writeSynced(path: string, text: string): Promise<void> {
  using file = await Deno.open(path, { createNew: true, write: true, mode: OWNER_ONLY_FILE });
  await writeAll(file, new TextEncoder().encode(text));
  await file.sync();
}

async function syncFolder(path: string): Promise<void> {
  using folder = await Deno.open(path);
  await folder.sync();
}
