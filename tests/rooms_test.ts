import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { findCircle, findForbiddenArrows, roomOf, ROOMS } from "./support/rooms.ts";
import { PROJECT_DIR } from "./support/script.ts";
import { listFiles, ownImportsOf, readSource } from "./support/sources.ts";

const MOST_FLAT_FILES_OF_LIB = 6;

const paths = (await Promise.all(
  ["pipeline", "loaders", "lib"].flatMap((folder) =>
    [".ts", ".tsx"].map((ending) => listFiles(folder, ending))
  ),
)).flat();
const imports = new Map(
  await Promise.all(paths.map(async (path): Promise<[string, string[]]> => [
    path,
    ownImportsOf(path, await readSource(path)),
  ])),
);

Deno.test("every folder with code is a room of tests/support/rooms.ts", () => {
  const unknown = [...new Set(paths.map(roomOf))].filter((room) => !ROOMS.has(room));
  const sentences = unknown.map((room) =>
    `${room}/ is no room: add it to ROOMS with what it may import, or put its files into one that is there`
  );
  assert.deepEqual(sentences, []);
  const empty = [...ROOMS.keys()].filter((room) => !paths.some((path) => roomOf(path) === room));
  assert.deepEqual(empty, []);
});

Deno.test("rooms only allow rooms below them", () => {
  const order = [...ROOMS.keys()];
  const wrong = order.flatMap((room, floor) =>
    (ROOMS.get(room) ?? []).filter((other) => order.indexOf(other) <= floor)
      .map((other) => `${room} -> ${other}`)
  );
  assert.deepEqual(wrong, []);
});

Deno.test("no file imports a room that its own may not import, types included", () => {
  assert.deepEqual(findForbiddenArrows(imports), []);
});

Deno.test("no files import each other in a circle, types included", () => {
  assert.equal(findCircle(imports), null);
});

Deno.test("findForbiddenArrows() finds an import that is turned round", () => {
  const turned = new Map([
    ["lib/warehouse/open.ts", ["lib/config.ts", "lib/runner/run.ts"]],
    ["lib/runner/run.ts", ["lib/warehouse/open.ts"]],
  ]);
  assert.deepEqual(findForbiddenArrows(turned), ["lib/warehouse/open.ts -> lib/runner/run.ts"]);
  assert.equal(
    findCircle(turned),
    "lib/warehouse/open.ts -> lib/runner/run.ts -> lib/warehouse/open.ts",
  );
});

Deno.test("ownImportsOf() reads types, re-exports and imports on demand", () => {
  const text = `import type { A } from "../a.ts";
import {
  b,
} from "./b.ts";
export * from "./c/c.ts";
const { d } = await import("./d.ts");
type E = typeof import("./e.ts");
import { z } from "zod";`;
  assert.deepEqual(ownImportsOf("lib/x/y.ts", text), [
    "lib/a.ts",
    "lib/x/b.ts",
    "lib/x/c/c.ts",
    "lib/x/d.ts",
    "lib/x/e.ts",
  ]);
});

Deno.test("every .ts directly in pipeline/ and loaders/ can be started", () => {
  const flat = paths.filter((path) => ["pipeline", "loaders"].includes(dirname(path)));
  const texts = flat.map((path) => Deno.readTextFileSync(join(PROJECT_DIR, path)));
  const dead = flat.filter((_, i) => !/^if \(import\.meta\.main\)/m.test(texts[i] ?? ""));
  assert.deepEqual(dead, []);
});

Deno.test("lib/ has few flat files, and they need nothing of ours", () => {
  const flat = paths.filter((path) => dirname(path) === "lib");
  assert.ok(flat.length <= MOST_FLAT_FILES_OF_LIB, `${flat.length}: ${flat.join(", ")}`);
});

Deno.test("tests/ mirrors the rooms", async () => {
  const folders = ["lib", "pipeline", "loaders"];
  const tests = await Promise.all(folders.map((room) => listFiles(`tests/${room}`, "_test.ts")));
  const strange = tests.flat().map((path) => path.replace("tests/", ""))
    .filter((path) => !ROOMS.has(roomOf(path)));
  assert.deepEqual(strange, []);
});
