import assert from "node:assert/strict";
import { join } from "node:path";
import { PROJECT_DIR } from "../../../support/script.ts";

const FOLDER = join(PROJECT_DIR, "lib/dashboard/words");

/** The paths of all texts in words, "frame.pages./"; functions count as texts. */
function textsOf(words: unknown, path = ""): Map<string, unknown> {
  if (typeof words !== "object" || words === null) return new Map([[path, words]]);
  return new Map(
    Object.entries(words).flatMap(([key, value]) => [...textsOf(value, `${path}.${key}`)]),
  );
}

Deno.test("every file of words has the same texts in English and Russian, none of them empty", async () => {
  let files = 0;
  for await (const { name } of Deno.readDir(FOLDER)) {
    const module: Record<string, unknown> = await import(join(FOLDER, name));
    for (const [exported, words] of Object.entries(module)) {
      if (typeof words !== "object" || words === null || !("en" in words && "ru" in words)) {
        continue;
      }
      const english = textsOf(words.en);
      const russian = textsOf(words.ru);
      assert.deepEqual([...russian.keys()], [...english.keys()], `${name}: ${exported}`);
      assert.deepEqual([...english].filter(([, text]) => text === ""), [], exported);
      assert.deepEqual([...russian].filter(([, text]) => text === ""), [], exported);
      files++;
    }
  }
  assert.ok(files >= 3, `${files} files of words`);
});
