import { PGlite } from "@electric-sql/pglite";
import { PGLiteSocketServer } from "@electric-sql/pglite-socket";
import { join } from "node:path";
import { connect, presetSession } from "./connection.ts";
import { createDataFolder, openDataFolder } from "./data_folder.ts";
import { LockedError, tryLockFile } from "../file_lock.ts";
import { closeTree } from "./private_files.ts";
import type { Warehouse } from "./warehouse.ts";

/**
 * Opens the PostgreSQL inside this process whose files are below `dataDir`/warehouse, creating it the
 * first time (3 to 4 seconds). Throws `LockedError` when another process has it open, and `WarehouseError` when its
 * files cannot be used.
 */
export async function openEmbeddedWarehouse(dataDir: string): Promise<Warehouse> {
  const folder = join(dataDir, "warehouse");
  Deno.mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const lock = lockFolder(folder);
  try {
    const warehouse = await servePglite(await openDataFolder(folder), `folder ${folder}`);
    return {
      ...warehouse,
      [Symbol.asyncDispose]: async () => {
        await warehouse[Symbol.asyncDispose]();
        // PostgreSQL gives some of its files modes of their own, which no umask narrows.
        closeTree(folder);
        lock[Symbol.dispose]();
      },
    };
  } catch (error) {
    lock[Symbol.dispose]();
    throw error;
  }
}

/** A warehouse in memory, gone with this process unless it is saved. */
export interface MemoryWarehouse extends Warehouse {
  /** Writes its files to `dataDir`/warehouse, where nothing may be; nobody may query meanwhile. */
  save(dataDir: string): Promise<void>;
}

/** Opens a PostgreSQL inside this process that is gone with it. */
export async function openInMemory(): Promise<MemoryWarehouse> {
  const db = await PGlite.create();
  // Nobody has preset anything in it, and it has one session for all its life.
  await db.exec(await presetSession());
  // A log file that is filled with zeros first is copied many times over by the file system in memory as it grows.
  await db.exec("set wal_init_zero = off");
  return {
    ...await servePglite(db, "in memory, gone with this process", { isPreset: true }),
    async save(dataDir) {
      const folder = join(dataDir, "warehouse");
      await createDataFolder(folder, await db.dumpDataDir("none"));
      closeTree(folder);
    },
  };
}

/**
 * Serves an open PGlite on a loopback port and connects to it, so that there is one driver and one code
 * path. Closing the warehouse closes the PGlite too.
 */
export async function servePglite(
  db: PGlite,
  description: string,
  { isPreset = false } = {},
): Promise<Warehouse> {
  const server = new PGLiteSocketServer({ db, host: "127.0.0.1", port: 0 });
  await server.start();
  const port = Number(server.getServerConn().split(":").at(-1));
  const sql = connect({
    host: "127.0.0.1",
    port,
    database: "postgres",
    username: "postgres",
    password: "",
    ssl: false,
    // All connections of the socket share one session, and two at once break each other.
    max: 1,
    max_lifetime: null,
  }, { isPreset, takesCopy: false });
  return {
    sql,
    kind: "embedded",
    description,
    [Symbol.asyncDispose]: async () => {
      await sql.end({ timeout: 5 });
      await server.stop();
      await db.close();
    },
  };
}

/** Two processes with one folder would silently lose each other's writes, so a lock comes first. */
function lockFolder(folder: string) {
  const path = `${folder}.lock`;
  const lock = tryLockFile(path, `${Deno.pid}\n`);
  if (lock) return lock;
  throw new LockedError(
    `Cannot open the embedded warehouse ${folder}: process ${readPid(path)} has it open, ` +
      "expected no other user: wait until it has finished",
  );
}

function readPid(path: string): string {
  return Deno.readTextFileSync(path).trim() || "(unknown)";
}
