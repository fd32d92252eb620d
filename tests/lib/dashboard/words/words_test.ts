import assert from "node:assert/strict";
import { join } from "node:path";
import { readChecks } from "../../../../lib/checks/file.ts";
import { describeCheck } from "../../../../lib/dashboard/words/check_words.ts";
import { describeDag } from "../../../../lib/dashboard/words/dag_words.ts";
import { funnelWords } from "../../../../lib/dashboard/words/funnel_page.ts";
import { historyWords } from "../../../../lib/dashboard/words/history_words.ts";
import { runsWords } from "../../../../lib/dashboard/words/runs_words.ts";
import { dags } from "../../../../pipeline/daily.ts";
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

Deno.test("Russian counts are in the form that their number takes", () => {
  assert.match(runsWords.ru.gridCut(92), /^Показаны последние 92 дня периода/);
  assert.equal(
    historyWords.ru.shownLast(8, 21),
    "Показаны последние 8 из 21 версии; в CSV есть все.",
  );
  assert.equal(
    historyWords.ru.shownLast(8, 22),
    "Показаны последние 8 из 22 версий; в CSV есть все.",
  );
  assert.match(funnelWords.ru.young("75 %", 30), /созданных за 30 дней до/);
  assert.match(funnelWords.ru.young("75 %", 21), /созданных за 21 день до/);
});

Deno.test("every DAG is described in both languages", () => {
  for (const dag of dags) {
    assert.equal(describeDag(dag, "en"), dag.description);
    assert.match(describeDag(dag, "ru"), /^[А-Я][а-я]+ /, dag.id);
  }
});

Deno.test("every check says in both languages what it looks for and why", async () => {
  for (const check of await readChecks()) {
    assert.equal(describeCheck(check, "en"), check);
    const { offender, why, ...rest } = describeCheck(check, "ru");
    assert.match(offender, /^[а-яё]+[, ]/, check.name);
    assert.match(why, /^[а-яё].*\.$/, check.name);
    assert.deepEqual({ ...rest, offender: check.offender, why: check.why }, check);
  }
});
