import type { Language } from "../page/page.ts";
import { chartWords } from "./chart_words.ts";
import { frameWords } from "./frame_words.ts";
import { stageWords } from "./stage_words.ts";

/** The words that all pages share; those of one page stand in a file of its own beside this one. */
export interface Words {
  readonly frame: (typeof frameWords)[Language];
  readonly charts: (typeof chartWords)[Language];
  readonly stages: (typeof stageWords)[Language];
}

const ALL: Readonly<Record<Language, Words>> = {
  en: { frame: frameWords.en, charts: chartWords.en, stages: stageWords.en },
  ru: { frame: frameWords.ru, charts: chartWords.ru, stages: stageWords.ru },
};

export function wordsOf(language: Language): Words {
  return ALL[language];
}
