// Many files of tests in one isolate: to start one, to load the product anew and to open a warehouse anew takes
// seconds of processor time, as much as the tests of many a file. tests/run.ts writes a module for each group.
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { listFiles, ownImportsOf, readSource } from "./sources.ts";
import { PROJECT_DIR } from "./script.ts";
import { SLOWEST_FIRST } from "./test_files.ts";

const WAREHOUSES = "tests/support/warehouses.ts";
const FILES_PER_GROUP = 20;

/** The colours that Deno puts around the words. */
const COLORS = String.raw`((?:\x1b\[[\d;]*m)*)`;
const NAME_OF_GROUP = new RegExp(
  String.raw`^${COLORS}\S*group_\d+_test\.ts => ${COLORS}(tests/\S+_test\.ts) => `,
);

/**
 * The files of each group, in the order in which they are to begin: groups that share a warehouse take longest, then
 * comes what is slow by itself, then the rest, in groups that are short, so that all cores have work until the end.
 */
export function groupFiles(
  files: readonly string[],
  usesWarehouse: (file: string) => boolean,
): string[][] {
  const isAlone = (file: string) => SLOWEST_FIRST.includes(file);
  const rest = files.filter((file) => !isAlone(file));
  return [
    ...deal(rest.filter(usesWarehouse)),
    ...files.filter(isAlone).map((file) => [file]),
    ...deal(rest.filter((file) => !usesWarehouse(file))),
  ];
}

/** Neighbours go to different groups: files of one folder take about as long, so that groups do too. */
function deal(files: readonly string[]): string[][] {
  const count = Math.ceil(files.length / FILES_PER_GROUP);
  return Array.from({ length: count }, (_, group) => files.filter((_, i) => i % count === group));
}

/**
 * Writes a module for each group into `folder`, and returns what `deno test` is to run instead of `files`. Deno begins
 * with one folder after the other, so those of one file are there too.
 */
export async function writeGroups(files: readonly string[], folder: string): Promise<string[]> {
  const groups = groupFiles(files, await findUsersOfWarehouses());
  return await Promise.all(groups.map(async (group, i) => {
    const path = join(folder, `group_${String(i).padStart(3, "0")}_test.ts`);
    await Deno.writeTextFile(path, toModule(group));
    return path;
  }));
}

/** Files that import warehouses.ts, be it through other files of tests/support. */
async function findUsersOfWarehouses(): Promise<(file: string) => boolean> {
  const files = [...await listFiles("tests", ".ts"), ...await listFiles("tests", ".tsx")];
  const imports = new Map(
    await Promise.all(
      files.map(async (file) => [file, ownImportsOf(file, await readSource(file))] as const),
    ),
  );
  const users = new Set([WAREHOUSES]);
  for (let before = 0; before < users.size;) {
    before = users.size;
    for (const [file, targets] of imports) {
      if (targets.some((target) => users.has(target))) users.add(file);
    }
  }
  return (file) => users.has(file);
}

/** A module that registers the tests of `files`, one file after the other. */
export function toModule(files: readonly string[]): string {
  const url = (file: string) => JSON.stringify(pathToFileURL(resolve(PROJECT_DIR, file)).href);
  const lines = files.map((file) =>
    `await registerFile(${JSON.stringify(file)}, () => import(${url(file)}));\n`
  );
  return `import { registerFile } from ${url("tests/support/register_file.ts")};\n${
    lines.join("")
  }`;
}

/** A line of `deno test` with the file of the test in the place of the module of its group. */
export function nameFileOfLine(line: string): string {
  return line.replace(NAME_OF_GROUP, "$1./$3 => $2");
}
