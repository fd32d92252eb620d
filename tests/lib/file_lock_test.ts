import assert from "node:assert/strict";
import { isFileLocked, tryLockFile } from "../../lib/file_lock.ts";
import { temporaryFolder } from "../support/folders.ts";
import { denoCommand, PROJECT_DIR, readUntil } from "../support/script.ts";

Deno.test("tryLockFile() gives a lock to one holder at a time and says who in the file", async () => {
  await using folder = await temporaryFolder();
  const path = `${folder.path}/x.lock`;
  {
    using lock = tryLockFile(path, "first, with a longer text\n");
    assert.equal(lock?.path, path);
    assert.equal(tryLockFile(path, "second\n"), null);
    assert.equal(isFileLocked(path), true);
    assert.equal(await Deno.readTextFile(path), "first, with a longer text\n");
  }
  assert.equal(isFileLocked(path), false);
  using again = tryLockFile(path, "third\n");
  assert.ok(again);
  assert.equal(await Deno.readTextFile(path), "third\n");
});

Deno.test("FileLock.remove() frees the lock and removes the file", async () => {
  await using folder = await temporaryFolder();
  const path = `${folder.path}/x.lock`;
  tryLockFile(path, "")?.remove();
  assert.equal(isFileLocked(path), null);
});

Deno.test("tryLockFile() gets the lock of a process that was killed", async () => {
  await using folder = await temporaryFolder();
  const path = `${folder.path}/x.lock`;
  const script = `import { tryLockFile } from "${PROJECT_DIR}/lib/file_lock.ts";
    tryLockFile("${path}", "");
    console.log("locked");
    setInterval(() => {}, 1000);`;
  const holder = denoCommand(["eval", script]).spawn();
  await readUntil(holder.stdout, "locked");
  assert.equal(tryLockFile(path, ""), null);
  holder.kill("SIGKILL");
  await holder.status;
  using lock = tryLockFile(path, "");
  assert.ok(lock);
  await holder.stdout.cancel();
  await holder.stderr.cancel();
});
