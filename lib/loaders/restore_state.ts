import { createHash } from "node:crypto";
import { z } from "zod";
import type { FieldBackup } from "./field_backup.ts";
import type { FieldDefinition } from "./field_definitions.ts";
import { writePrivateFile } from "./private_file.ts";

/**
 * Which fields have been created for which ones of a backup. A name tells nothing here: what is restored may
 * be a duplicate of a field that is there.
 */
export interface RestoreState {
  /** The new field of a saved one, if there is one. */
  newIdOf(savedId: number): number | undefined;
  /**
   * Remembers which fields are there before the first is created: others of the right name are ours then.
   * Also what has been found to be created by an earlier run.
   */
  begin(fields: readonly FieldDefinition[], newIds: ReadonlyMap<number, number>): Promise<void>;
  /** Whether a field was there before any was created, or stands for a saved one already. */
  isTaken(id: number): boolean;
  /** Remembers new fields by the ids of the saved ones, on disk before it resolves. */
  add(newIds: ReadonlyMap<number, number>): Promise<void>;
}

const stateShape = z.object({
  known: z.array(z.int()).nullable(),
  created: z.record(z.string(), z.int()),
});

/** Opens the state of restoring a backup, of a run before this one or a new one. */
export async function openRestoreState(folder: string, backup: FieldBackup): Promise<RestoreState> {
  const digest = createHash("sha256").update(JSON.stringify(backup)).digest("hex").slice(0, 16);
  const path = `${folder}/restore_${digest}.json`;
  const stored = await readStored(path);
  let known = stored?.known ?? null;
  const created = new Map(
    Object.entries(stored?.created ?? {}).map(([id, to]) => [Number(id), to]),
  );
  const add = async (newIds: ReadonlyMap<number, number>) => {
    for (const [savedId, id] of newIds) created.set(savedId, id);
    const content = { known, created: Object.fromEntries(created) };
    await writePrivateFile(path, JSON.stringify(content));
  };
  return {
    newIdOf: (savedId) => created.get(savedId),
    async begin(fields, newIds) {
      known ??= fields.map(({ id }) => id);
      await add(newIds);
    },
    // Before the beginning everything there is was there.
    isTaken: (id) => known === null || known.includes(id) || [...created.values()].includes(id),
    add,
  };
}

async function readStored(path: string) {
  try {
    return stateShape.parse(JSON.parse(await Deno.readTextFile(path)));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}
