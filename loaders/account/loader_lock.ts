import { type FileLock, LockedError, tryLockFile } from "../../lib/file_lock.ts";

/**
 * Keeps other loaders of this machine off the account until disposed: two that look and then create would
 * both create. Throws `LockedError`.
 */
export function lockAccount(folder: string, subdomain: string): FileLock {
  const lock = tryLockFile(`${folder}/loader.lock`, String(Deno.pid));
  if (lock) return lock;
  throw new LockedError(
    `Cannot write to the account "${subdomain}": another loader is at work on it, expected none: ` +
      "wait until it has finished",
  );
}
