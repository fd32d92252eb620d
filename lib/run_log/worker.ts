import { join } from "node:path";
import { isFileLocked, tryLockFile } from "../file_lock.ts";

/** This process as the run log knows it: it holds a locked file as long as it lives. */
export interface Worker extends Disposable {
  /** Host, process id and a random part, e.g. "etl-1.4242.9f3a1c", fit for a file name. */
  readonly id: string;
  /** The ids of the runs that this process is on: claims of its other runs are held by nobody. */
  readonly liveRuns: Set<string>;
  /**
   * True when that worker was a process of this machine and has ended. False when it lives, and also when
   * its file is not here, because it may run on another machine: then only its heartbeat tells.
   */
  isDead(workerId: string): boolean;
  /** Removes the files that dead workers left behind; their claims must have been freed before. */
  sweep(): void;
}

/** A file this young may belong to a process that is just about to lock it. */
const YOUNG_FILE_MS = 60_000;

/**
 * Registers this process below `dataDir`/workers.
 *
 * A locked file rather than the process id alone: the system frees the lock at any kind of death, and a
 * number that another process got later cannot be mistaken for this one.
 */
export function startWorker(dataDir: string): Worker {
  const folder = join(dataDir, "workers");
  Deno.mkdirSync(folder, { recursive: true, mode: 0o700 });
  const host = Deno.hostname().replace(/[^\w-]/g, "_");
  const id = `${host}.${Deno.pid}.${crypto.randomUUID().slice(0, 6)}`;
  const lock = tryLockFile(lockPath(folder, id), `${Deno.pid}\n`);
  if (!lock) {
    throw new Error(
      `Cannot register the worker ${id}: its file in ${folder} is locked: set DATA_DIR to a folder of this machine alone`,
    );
  }
  return {
    id,
    liveRuns: new Set(),
    isDead: (workerId) => isWorkerDead(dataDir, workerId),
    sweep: () => sweepFolder(folder),
    [Symbol.dispose]: () => lock.remove(),
  };
}

/** `Worker.isDead`, for a process that is no worker itself. */
export function isWorkerDead(dataDir: string, workerId: string): boolean {
  return /^[\w.-]+$/.test(workerId) &&
    isFileLocked(lockPath(join(dataDir, "workers"), workerId)) === false;
}

function lockPath(folder: string, workerId: string): string {
  return join(folder, `${workerId}.lock`);
}

function sweepFolder(folder: string): void {
  for (const entry of Deno.readDirSync(folder)) {
    const path = join(folder, entry.name);
    try {
      const age = Date.now() - (Deno.statSync(path).mtime?.getTime() ?? 0);
      if (age > YOUNG_FILE_MS && isFileLocked(path) === false) Deno.removeSync(path);
    } catch (error) {
      // Another process swept it first.
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
}
