import assert from "node:assert/strict";
import { temporaryFolder } from "./folders.ts";
import { denoCommand } from "./script.ts";
import { listTestFiles, SLOWEST_FIRST } from "./test_files.ts";
import { groupFiles, nameFileOfLine, toModule, writeGroups } from "./test_groups.ts";

Deno.test("groupFiles() leaves alone what is slow, and deals out twenty others to a group", () => {
  const [slow = ""] = SLOWEST_FIRST;
  const numbers = (folder: string, count: number) =>
    Array.from({ length: count }, (_, i) => `tests/${folder}/file_${i}_test.ts`);
  const [sql, words] = [numbers("sql", 22), numbers("lib/words", 21)];
  const every = (files: readonly string[], rest: number) => files.filter((_, i) => i % 2 === rest);

  assert.deepEqual(
    groupFiles([slow, ...words, ...sql], (file) => sql.includes(file)),
    [every(sql, 0), every(sql, 1), [slow], every(words, 0), every(words, 1)],
  );
});

Deno.test("groupFiles() has every file once", async () => {
  const files = await listTestFiles();
  const groups = groupFiles(files, (file) => file.startsWith("tests/sql/"));
  assert.deepEqual(groups.flat().toSorted(), files.toSorted());
});

Deno.test("writeGroups() names every file once, in modules that begin in the order of their names", async () => {
  const files = await listTestFiles();
  await using folder = await temporaryFolder();
  const started = await writeGroups(files, folder.path);

  assert.deepEqual(started, started.toSorted());
  const texts = await Promise.all(started.map((path) => Deno.readTextFile(path)));
  const named = [
    ...texts.join("\n").matchAll(/(?<=^await registerFile\()"(tests\/\S+_test\.ts)"/gm),
  ]
    .map(([, file]) => file);
  assert.deepEqual(named.toSorted(), files.toSorted());
  const first = named.indexOf(SLOWEST_FIRST[0]);
  assert.deepEqual(named.slice(first, first + SLOWEST_FIRST.length), SLOWEST_FIRST);
});

Deno.test("nameFileOfLine() puts the file of a test in the place of its group", () => {
  assert.deepEqual(
    [
      "\x1b[38;5;245m../../dev/shm/x/group_7_test.ts => \x1b[0mtests/docs_test.ts => docs => all ... ok (1s)\n",
      "../group_17_test.ts => tests/docs_test.ts => docs ... ok (1s)\n",
      "./tests/docs_test.ts => docs ... ok (1s)\n",
    ].map(nameFileOfLine),
    [
      "\x1b[38;5;245m./tests/docs_test.ts => \x1b[0mdocs => all ... ok (1s)\n",
      "./tests/docs_test.ts => docs ... ok (1s)\n",
      "./tests/docs_test.ts => docs ... ok (1s)\n",
    ],
  );
});

Deno.test("files in one group keep their own names, and fileUnderTest() says whose test is under way", async () => {
  await using folder = await temporaryFolder();
  const register = new URL("./register_file.ts", import.meta.url).href;
  const files = ["a", "b"].map((name) => `${folder.path}/${name}_test.ts`);
  for (const file of files) {
    await Deno.writeTextFile(
      file,
      `import { fileUnderTest } from "${register}";
      Deno.test("same name", () => console.log("under test:", fileUnderTest()));
      Deno.test({ name: "never", ignore: true, fn: () => {} });`,
    );
  }
  const path = `${folder.path}/group_0_test.ts`;
  await Deno.writeTextFile(path, toModule(files));

  const { code, stdout } = await denoCommand(["test", "-A", "--no-check", path]).output();

  const text = new TextDecoder().decode(stdout);
  assert.equal(code, 0, text);
  for (const file of files) {
    assert.ok(text.includes(`${file} => same name ...`), text);
    assert.ok(text.includes(`${file} => never ... ignored`), text);
    assert.ok(text.includes(`under test: ${file}\n`), text);
  }
  assert.match(text, /2 passed \| 0 failed \| 2 ignored/);
});
