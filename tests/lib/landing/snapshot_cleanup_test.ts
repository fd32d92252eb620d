import assert from "node:assert/strict";
import { join } from "node:path";
import {
  removeLeftovers,
  removeSnapshot,
  snapshotExists,
} from "../../../lib/landing/snapshot_cleanup.ts";
import { temporaryFolder, writeFiles } from "../../support/folders.ts";

const NOON = Temporal.Instant.from("2026-05-03T12:00:00Z");

/** A folder of a run, last touched so many hours before noon. */
async function makeRun(dataDir: string, name: string, hoursAgo: number, files = {}): Promise<void> {
  const path = join(dataDir, "snapshots", name);
  await Deno.mkdir(path, { recursive: true });
  await writeFiles(path, files);
  const at = new Date(NOON.subtract({ hours: hoursAgo }).epochMilliseconds);
  await Deno.utime(path, at, at);
}

async function list(dataDir: string): Promise<string[]> {
  const names: string[] = [];
  const folder = join(dataDir, "snapshots", "leads");
  for await (const date of Deno.readDir(folder)) {
    for await (const run of Deno.readDir(join(folder, date.name))) {
      names.push(`${date.name}/${run.name}`);
    }
  }
  return names.sort();
}

const FINISHED = { "manifest.json": "{}", "records.ndjson": "" };

Deno.test("removeSnapshot() removes the snapshot, and the folder of its date when it is empty", async () => {
  await using folder = await temporaryFolder();
  await makeRun(folder.path, "leads/2026-05-03/run-1", 0, FINISHED);
  await makeRun(folder.path, "leads/2026-05-03/run-2", 0, FINISHED);
  await removeSnapshot(folder.path, "leads/2026-05-03/run-1");
  assert.equal(await snapshotExists(folder.path, "leads/2026-05-03/run-1"), false);
  assert.equal(await snapshotExists(folder.path, "leads/2026-05-03/run-2"), true);
  await removeSnapshot(folder.path, "leads/2026-05-03/run-2");
  assert.deepEqual(await Array.fromAsync(Deno.readDir(join(folder.path, "snapshots/leads"))), []);
});

Deno.test("removeSnapshot() does nothing when it is gone", async () => {
  await using folder = await temporaryFolder();
  await removeSnapshot(folder.path, "leads/2026-05-03/run-1");
});

Deno.test("removeLeftovers() removes what is old, and nothing young", async () => {
  await using folder = await temporaryFolder();
  await makeRun(folder.path, "leads/2026-05-01/run-1", 48, FINISHED);
  await makeRun(folder.path, "leads/2026-05-02/run-2.ab.unfinished", 25);
  await makeRun(folder.path, "leads/2026-05-02/run-3", 23, FINISHED);
  await makeRun(folder.path, "leads/2026-05-03/run-4.cd.unfinished", 0);
  await removeLeftovers(folder.path, "leads", NOON.subtract({ hours: 24 }), false);
  assert.deepEqual(await list(folder.path), [
    "2026-05-02/run-3",
    "2026-05-03/run-4.cd.unfinished",
  ]);
});

Deno.test("removeLeftovers() keeps old snapshots that are whole when told so", async () => {
  await using folder = await temporaryFolder();
  await makeRun(folder.path, "leads/2026-05-01/run-1", 48, FINISHED);
  await makeRun(folder.path, "leads/2026-05-01/run-2.ab.unfinished", 48);
  await removeLeftovers(folder.path, "leads", NOON.subtract({ hours: 24 }), true);
  assert.deepEqual(await list(folder.path), ["2026-05-01/run-1"]);
});

Deno.test("removeLeftovers() leaves other entities alone, and needs no folder", async () => {
  await using folder = await temporaryFolder();
  await makeRun(folder.path, "leads/2026-05-01/run-1", 48, FINISHED);
  await removeLeftovers(folder.path, "cars", NOON, false);
  assert.deepEqual(await list(folder.path), ["2026-05-01/run-1"]);
});
