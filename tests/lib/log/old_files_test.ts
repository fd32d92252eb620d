import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { listLogFiles, removeLogFiles, removeOldLogFiles } from "../../../lib/log/old_files.ts";
import { temporaryFolder } from "../../support/folders.ts";

const DAY_MS = 86_400_000;

/** Writes files that were last written so many days ago. */
async function writeAged(folder: string, ageDays: Readonly<Record<string, number>>): Promise<void> {
  for (const [name, days] of Object.entries(ageDays)) {
    const path = join(folder, name);
    await Deno.mkdir(dirname(path), { recursive: true });
    await Deno.writeTextFile(path, "a line\n");
    const time = new Date(Date.now() - days * DAY_MS);
    await Deno.utime(path, time, time);
  }
}

async function listAll(folder: string, below = ""): Promise<string[]> {
  const entries = await Array.fromAsync(Deno.readDir(join(folder, below)));
  const names = await Promise.all(entries.map((entry) => {
    const path = join(below, entry.name);
    return entry.isDirectory ? listAll(folder, path) : [path];
  }));
  return names.flat().sort();
}

const AGES = {
  "leads/2026-05-03/_run.log": 31,
  "leads/2026-05-03/load_leads.1.log": 31,
  "leads/2026-05-04/load_leads.1.log": 31,
  "leads/2026-05-04/load_leads.2.log": 29,
  "leads/2026-05-04/notes.txt": 99,
  "leads/other/load_leads.1.log": 99,
  "cars/2026-05-03/load_cars.1.log": 31,
  "README.log": 99,
};

Deno.test("removeOldLogFiles() removes the old files of one DAG, and what is empty then", async () => {
  await using folder = await temporaryFolder();
  await writeAged(folder.path, AGES);
  await removeOldLogFiles(folder.path, "leads", 30);
  assert.deepEqual(await listAll(folder.path), [
    "README.log",
    "cars/2026-05-03/load_cars.1.log",
    "leads/2026-05-04/load_leads.2.log",
    "leads/2026-05-04/notes.txt",
    "leads/other/load_leads.1.log",
  ]);
  await assert.rejects(Deno.stat(join(folder.path, "leads/2026-05-03")), Deno.errors.NotFound);
});

Deno.test("removeOldLogFiles() has nothing to do where no folder is", async () => {
  await using folder = await temporaryFolder();
  await removeOldLogFiles(join(folder.path, "none"), "leads", 30);
  assert.deepEqual(await listAll(folder.path), []);
});

Deno.test("listLogFiles() finds the old files of every DAG, and removeLogFiles() their folders", async () => {
  await using folder = await temporaryFolder();
  await writeAged(folder.path, AGES);
  const before = Temporal.Now.instant().subtract({ hours: 24 * 30 });
  const found = await listLogFiles(folder.path, before);
  assert.deepEqual(found.map((path) => path.slice(folder.path.length + 1)), [
    "cars/2026-05-03/load_cars.1.log",
    "leads/2026-05-03/_run.log",
    "leads/2026-05-03/load_leads.1.log",
    "leads/2026-05-04/load_leads.1.log",
  ]);
  await removeLogFiles(found);
  await assert.rejects(Deno.stat(join(folder.path, "cars")), Deno.errors.NotFound);
});
