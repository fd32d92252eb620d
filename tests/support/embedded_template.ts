import { PGlite } from "@electric-sql/pglite";
import { cp } from "node:fs/promises";
import { join } from "node:path";
import { servePglite } from "../../lib/warehouse/embedded.ts";
import { migrate } from "../../lib/warehouse/migrations.ts";

/** Names the folder of one run of the tests in which whoever comes first makes the template. */
export const TEMPLATE_VARIABLE = "TEST_EMBEDDED_TEMPLATE";

const WAREHOUSE = "warehouse";
const ARCHIVE = "warehouse.tar";

/** Each copy and each start carries a segment of the log, at the default of 16 MB more than all the rest. */
const SMALL_LOG = ["--wal-segsize=1"];

/**
 * An embedded warehouse in memory: a copy of the template, which is migrated, or an empty one when the tests
 * run without a template. The first start of a PGlite takes seconds of processor time, a copy a fraction.
 */
export async function createPglite(): Promise<PGlite> {
  const template = await prepareTemplate();
  if (!template) return await PGlite.create();
  const archive = await Deno.readFile(join(template, ARCHIVE));
  return await PGlite.create({ loadDataDir: new BytesBlob(archive) });
}

/** A Blob that hands out the bytes it was made of, which another Blob copies twice on the way. */
class BytesBlob extends Blob {
  readonly #bytes: Uint8Array<ArrayBuffer>;

  constructor(bytes: Uint8Array<ArrayBuffer>) {
    super();
    this.#bytes = bytes;
  }

  override arrayBuffer(): Promise<ArrayBuffer> {
    return Promise.resolve(this.#bytes.buffer);
  }
}

/** Puts a copy of the template where a script with this DATA_DIR keeps its warehouse; nothing without one. */
export async function copyTemplate(dataDir: string): Promise<void> {
  const template = await prepareTemplate();
  if (template) await cp(join(template, WAREHOUSE), join(dataDir, WAREHOUSE), { recursive: true });
}

async function prepareTemplate(): Promise<string | null> {
  const folder = Deno.env.get(TEMPLATE_VARIABLE);
  if (!folder) return null;
  // Test files run side by side: one makes it, the others wait for that.
  using lock = await Deno.open(join(folder, "lock"), { create: true, write: true });
  await lock.lock(true);
  if (!await exists(join(folder, ARCHIVE))) await makeTemplate(folder);
  return folder;
}

async function makeTemplate(folder: string): Promise<void> {
  const db = await PGlite.create(join(folder, WAREHOUSE), { initDbStartParams: SMALL_LOG });
  const archive = await migrateAndDump(db);
  await Deno.writeFile(join(folder, "unfinished"), archive.stream());
  await Deno.rename(join(folder, "unfinished"), join(folder, ARCHIVE));
}

async function migrateAndDump(db: PGlite): Promise<Blob> {
  await using warehouse = await servePglite(db, "template");
  await migrate(warehouse);
  // Every start fills all of it with zeros, which at the default of 128 MB is a third of its processor time.
  await warehouse.sql`alter system set shared_buffers = '8MB'`;
  // Two thirds of its files, which nobody looks at.
  await warehouse.sql`update pg_database set datistemplate = false`;
  await warehouse.sql`drop database template0`;
  await warehouse.sql`drop database template1`;
  await warehouse.sql`checkpoint`;
  return await db.dumpDataDir("none");
}

async function exists(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
