import assert from "node:assert/strict";
import { join } from "node:path";
import {
  createSnapshot,
  type SnapshotFacts,
  type SnapshotPlace,
} from "../../../lib/landing/snapshot.ts";
import { snapshotExists } from "../../../lib/landing/snapshot_cleanup.ts";
import { readLines, readManifest } from "../../../lib/landing/snapshot_reader.ts";
import { temporaryFolder } from "../../support/folders.ts";

const AT = Temporal.Instant.from("2026-05-03T00:00:00Z");
const NAME = "leads/2026-05-03/run-1";
const FACTS: SnapshotFacts = {
  entity: "leads",
  accountTimeZone: "Asia/Dubai",
  upperBound: "2026-05-03T00:00:00Z",
  fields: { plate: { id: 2, type: "text" } },
  carsCatalogId: 50,
  clientsCatalogId: 60,
};

function placeIn(dataDir: string): SnapshotPlace {
  return { dataDir, entity: "leads", date: "2026-05-03", runId: "run-1" };
}

async function writeSnapshot(dataDir: string, records: readonly unknown[]): Promise<string> {
  await using snapshot = await createSnapshot(placeIn(dataDir));
  await snapshot.write(records, AT);
  return await snapshot.finish(FACTS);
}

async function readRecords(dataDir: string): Promise<unknown[]> {
  const manifest = await readManifest(dataDir, NAME);
  const lines = await Array.fromAsync(readLines(dataDir, NAME, manifest));
  return lines.flat().map(({ text }) => JSON.parse(text));
}

async function listAll(path: string): Promise<string[]> {
  const names: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(path)) {
    const inner = isDirectory ? await listAll(join(path, name)) : [];
    names.push(...(inner.length === 0 ? [name] : inner.map((one) => `${name}/${one}`)));
  }
  return names.sort();
}

const damage = (found: string) => ({
  message: `Cannot load the snapshot ${NAME}: ${found}, expected a whole one: ` +
    "run again with --force to extract anew",
});

Deno.test("createSnapshot() keeps records and facts", async () => {
  await using folder = await temporaryFolder();
  assert.equal(await writeSnapshot(folder.path, [{ id: 1, name: 'O\'Neil "🚗"\n' }]), NAME);
  assert.deepEqual(await readRecords(folder.path), [
    { observed_at: "2026-05-03T00:00:00Z", record: { id: 1, name: 'O\'Neil "🚗"\n' } },
  ]);
  const { sha256, ...manifest } = await readManifest(folder.path, NAME);
  assert.match(sha256, /^[0-9a-f]{64}$/);
  assert.deepEqual(manifest, { ...FACTS, records: 1, bytes: 84 });
});

Deno.test("createSnapshot() lets only the owner in", async () => {
  await using folder = await temporaryFolder();
  await writeSnapshot(folder.path, [{ id: 1 }]);
  const modeOf = async (...path: string[]) =>
    ((await Deno.stat(join(folder.path, "snapshots", ...path))).mode ?? 0) & 0o777;
  assert.equal(await modeOf(NAME, "records.ndjson"), 0o600);
  assert.equal(await modeOf(NAME, "manifest.json"), 0o600);
  assert.equal(await modeOf(NAME), 0o700);
  assert.equal(await modeOf("leads"), 0o700);
});

Deno.test("createSnapshot() leaves nothing behind without finish()", async () => {
  await using folder = await temporaryFolder();
  {
    await using snapshot = await createSnapshot(placeIn(folder.path));
    await snapshot.write([{ id: 1 }], AT);
    assert.equal(await snapshotExists(folder.path, NAME), false);
  }
  assert.deepEqual(await listAll(folder.path), ["snapshots/leads/2026-05-03"]);
});

Deno.test("createSnapshot() keeps two writers of one run apart, and the last to finish counts", async () => {
  await using folder = await temporaryFolder();
  {
    await using late = await createSnapshot(placeIn(folder.path));
    await using early = await createSnapshot(placeIn(folder.path));
    await early.write([{ id: 1 }], AT);
    await late.write([{ id: 2 }], AT);
    await early.finish(FACTS);
    await late.finish(FACTS);
  }
  assert.deepEqual(await readRecords(folder.path), [
    { observed_at: "2026-05-03T00:00:00Z", record: { id: 2 } },
  ]);
  assert.deepEqual(await listAll(folder.path), [
    `snapshots/${NAME}/manifest.json`,
    `snapshots/${NAME}/records.ndjson`,
  ]);
});

Deno.test("write() keeps lines whole when calls overlap", async () => {
  await using folder = await temporaryFolder();
  await using snapshot = await createSnapshot(placeIn(folder.path));
  const ids = Array.from({ length: 200 }, (_, i) => i);
  await Promise.all(ids.map((id) => snapshot.write([{ id, text: "ü".repeat(id * 10) }], AT)));
  await snapshot.finish(FACTS);
  const records = await readRecords(folder.path);
  assert.equal(records.length, 200);
});

Deno.test("readLines() reads characters and lines that lie across its buffer", async () => {
  await using folder = await temporaryFolder();
  const records = Array.from({ length: 40 }, (_, i) => ({ id: i, text: "🚗é".repeat(7_919 + i) }));
  await writeSnapshot(folder.path, records);
  const manifest = await readManifest(folder.path, NAME);
  for await (const lines of readLines(folder.path, NAME, manifest)) {
    for (const { text, bytes } of lines) assert.equal(new TextDecoder().decode(bytes), text);
  }
  const read = await readRecords(folder.path);
  assert.deepEqual(
    read,
    records.map((record) => ({ observed_at: "2026-05-03T00:00:00Z", record })),
  );
});

Deno.test("readManifest() refuses a snapshot that is gone, cut short or has no manifest", async () => {
  await using folder = await temporaryFolder();
  await assert.rejects(readManifest(folder.path, NAME), damage("it is gone"));
  await writeSnapshot(folder.path, [{ id: 1 }, { id: 2 }]);
  const path = join(folder.path, "snapshots", NAME);
  await Deno.truncate(join(path, "records.ndjson"), 60);
  await assert.rejects(
    readManifest(folder.path, NAME),
    damage("it has 60 bytes of records, and its manifest says 114"),
  );
  await Deno.writeTextFile(join(path, "manifest.json"), '{"entity":');
  await assert.rejects(readManifest(folder.path, NAME), damage("its manifest is not readable"));
});

Deno.test("readLines() throws at the end when a byte has changed", async () => {
  await using folder = await temporaryFolder();
  await writeSnapshot(folder.path, [{ id: 1 }]);
  const path = join(folder.path, "snapshots", NAME, "records.ndjson");
  const text = await Deno.readTextFile(path);
  await Deno.writeTextFile(path, text.replace('"id":1', '"id":7'));
  await assert.rejects(
    readRecords(folder.path),
    damage("its records are not those that were written"),
  );
});

Deno.test("readManifest() refuses a name that leads elsewhere", async () => {
  for (
    const name of ["", "..", "leads/../../x", "/etc", "leads/2026-05-03/", "leads/2026-05-03/.."]
  ) {
    await assert.rejects(readManifest("/nowhere", name), {
      message: `Cannot use the snapshot "${name}": expected a name like leads/2026-05-03/run-id: ` +
        "run again with --force to extract anew",
    });
  }
});
