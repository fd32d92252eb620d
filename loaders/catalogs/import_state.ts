import { createHash } from "node:crypto";
import { z } from "zod";
import { writePrivateFile } from "../account/private_file.ts";

/**
 * What an import that has not come to its end has created so far. A list of the account may lag behind, so
 * that an element just created is not in it yet: the ids here find it all the same.
 */
export interface ImportState {
  readonly startedAt: string;
  /** The id of the element that was created for this key, if any. */
  idOf(key: string): number | undefined;
  readonly size: number;
  /** Remembers created elements, on disk before it resolves. */
  add(created: ReadonlyMap<string, number>): Promise<void>;
  /** The import has come to its end. */
  remove(): Promise<void>;
}

const fileShape = z.object({ startedAt: z.string(), created: z.record(z.string(), z.int()) });

/** Opens the state of an import into a catalog, of a run before this one or a new one. */
export async function openImportState(folder: string, catalogId: number): Promise<ImportState> {
  const path = `${folder}/import_${catalogId}.json`;
  const stored = await readStored(path);
  const startedAt = stored?.startedAt ??
    Temporal.Now.instant().toString({ smallestUnit: "second" });
  const created = new Map(Object.entries(stored?.created ?? {}));
  return {
    startedAt,
    size: created.size,
    idOf: (key) => created.get(digest(key)),
    async add(more) {
      for (const [key, id] of more) created.set(digest(key), id);
      const content = { startedAt, created: Object.fromEntries(created) };
      await writePrivateFile(path, JSON.stringify(content));
    },
    remove: async () => {
      if (await readStored(path)) await Deno.remove(path);
    },
  };
}

async function readStored(path: string) {
  try {
    return fileShape.parse(JSON.parse(await Deno.readTextFile(path)));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw new Error(
      `Cannot read ${path}: it is not the state of an import, expected what an interrupted one left: ` +
        "remove the file, elements are found by their key as well",
      { cause: error },
    );
  }
}

/** Keys are licences and plates of people: they are not kept as they are. */
function digest(key: string): string {
  return createHash("sha256").update(key).digest("hex");
}
