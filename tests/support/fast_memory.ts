import { statfs } from "node:fs/promises";

/**
 * Lets glibc ask for pages of 2 MB where the kernel grants them to those who ask (transparent huge pages), and take
 * memory in larger steps. Elsewhere the variable says nothing. Where a page fault is dear, as in a small virtual
 * machine, a PostgreSQL inside a test starts with half of them.
 */
export const LARGE_PAGES: Readonly<Record<string, string>> = {
  GLIBC_TUNABLES: "glibc.malloc.hugetlb=1:glibc.malloc.top_pad=4194304",
};

/** The file system in memory that Linux has. */
const SHARED_MEMORY = "/dev/shm";

/** The databases and folders of tests that run side by side take less than a quarter of it. */
const NEEDED_BYTES = 6 * 2 ** 30;

/**
 * The folder in which temporary files never reach a disk; null where memory is short. On a disk the file system takes
 * four fifths of the time of copying a database.
 */
export async function findFolderInMemory(): Promise<string | null> {
  try {
    const { bavail, bsize } = await statfs(SHARED_MEMORY);
    const free = Math.min(bavail * bsize, Deno.systemMemoryInfo().available);
    return free >= NEEDED_BYTES ? SHARED_MEMORY : null;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
}
