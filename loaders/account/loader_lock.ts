import { type FileLock, tryLockFile } from "../../lib/file_lock.ts";

/** Another loader works on the account; ends a command with exit code 4. */
export class LoaderRunningError extends Error {
  override readonly name = "LoaderRunningError";
}

/**
 * Keeps other loaders of this machine off the account until disposed: two that look and then create would
 * both create. Throws `LoaderRunningError`.
 */
export function lockAccount(folder: string, subdomain: string): FileLock {
  const lock = tryLockFile(`${folder}/loader.lock`, String(Deno.pid));
  if (lock) return lock;
  throw new LoaderRunningError(
    `Cannot write to the account "${subdomain}": another loader is at work on it, expected none: ` +
      "wait until it has finished",
  );
}
