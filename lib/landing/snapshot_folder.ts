import { join } from "node:path";

/** A snapshot is finished when its folder has this file. */
export const MANIFEST_FILE = "manifest.json";
export const LINES_FILE = "records.ndjson";

const SNAPSHOT_NAME = /^(leads|clients|cars|events)\/\d{4}-\d{2}-\d{2}\/[\w-]+$/;

/** The folder of all snapshots. */
export function snapshotsFolder(dataDir: string): string {
  return join(dataDir, "snapshots");
}

/**
 * The folder of the snapshot "leads/2026-05-03/<run id>".
 *
 * The name comes out of the run log and its folder will be removed, so any other form throws.
 */
export function snapshotFolder(dataDir: string, name: string): string {
  if (!SNAPSHOT_NAME.test(name)) {
    throw new Error(
      `Cannot use the snapshot "${name}": expected a name like leads/2026-05-03/run-id: ` +
        "run again with --force to extract anew",
    );
  }
  return join(snapshotsFolder(dataDir), name);
}
