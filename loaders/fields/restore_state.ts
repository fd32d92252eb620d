import { join } from "node:path";
import { z } from "zod";
import type { FieldDefinition } from "./field_definitions.ts";
import { writePrivateFile } from "../account/private_file.ts";

/**
 * Which fields of an account have been created for which deleted ones, over all its backups. A name tells
 * nothing here: what is restored may be a duplicate of a field that is there.
 */
export interface RestoreState {
  /** The field that stands for a deleted one by now, if any; it may have been deleted as well since. */
  newIdOf(deletedId: number): number | undefined;
  /** Whether a field was there before the restore began, or stands for a deleted one already. */
  isTaken(id: number): boolean;
  /** Remembers which fields are there before the first is created: others of the right name are ours then. */
  begin(fields: readonly FieldDefinition[]): Promise<void>;
  /** Remembers new fields by the ids of the deleted ones, on disk before it resolves. */
  add(newIds: ReadonlyMap<number, number>): Promise<void>;
  /** The restore has come to its end. */
  end(): Promise<void>;
}

const stateShape = z.object({
  known: z.array(z.int()).nullable(),
  created: z.array(z.tuple([z.int(), z.int()])),
});

/** Opens the state of an account, of restores before this one or a new one. */
export async function openRestoreState(folder: string): Promise<RestoreState> {
  const path = join(folder, "restored_fields.json");
  const stored = await readStored(path);
  let known = stored?.known ?? null;
  const created = new Map(stored?.created);
  const save = () => writePrivateFile(path, JSON.stringify({ known, created: [...created] }));
  return {
    newIdOf(deletedId) {
      let id = created.get(deletedId);
      // What was created was deleted and created again, perhaps: ids only rise, so this ends.
      for (let next = id; next !== undefined; next = created.get(next)) id = next;
      return id;
    },
    // Before the beginning everything there is was there.
    isTaken: (id) => known === null || known.includes(id) || [...created.values()].includes(id),
    async begin(fields) {
      known ??= fields.map(({ id }) => id);
      await save();
    },
    async add(newIds) {
      for (const [deletedId, id] of newIds) created.set(deletedId, id);
      await save();
    },
    async end() {
      known = null;
      await save();
    },
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
