/** Another process holds what this one needs to have alone; ends a command with exit code 4. */
export class LockedError extends Error {
  override readonly name = "LockedError";
}

/** An exclusive lock on a file, which the operating system frees when the process dies. */
export interface FileLock extends Disposable {
  readonly path: string;
  /** Frees the lock and removes the file. */
  remove(): void;
}

/**
 * Takes the lock on `path` (creating the file) and writes `content` into it; null when another process,
 * or another part of this one, holds it.
 */
export function tryLockFile(path: string, content: string): FileLock | null {
  const file = Deno.openSync(path, { read: true, write: true, create: true });
  if (!file.tryLockSync(true)) {
    file.close();
    return null;
  }
  file.truncateSync();
  file.writeSync(new TextEncoder().encode(content));
  const free = () => {
    // By name: closed alone, it is held on by a program that this process is just about to start.
    file.unlockSync();
    file.close();
  };
  return {
    path,
    // Removed before it is freed, so that nobody can lock a file that is about to vanish.
    remove: () => {
      Deno.removeSync(path);
      free();
    },
    [Symbol.dispose]: free,
  };
}

/** Whether a process holds the lock on the file; null when there is no such file. */
export function isFileLocked(path: string): boolean | null {
  try {
    using file = Deno.openSync(path, { read: true, write: true });
    return !file.tryLockSync(true);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}
