import type { Language } from "../page/page.ts";
import { stageWords } from "./stage_words.ts";

/** Made once: a page names the stages of thousands of rows. */
const NAMES: Readonly<Record<Language, ReadonlyMap<string, string>>> = {
  en: new Map(Object.entries(stageWords.en)),
  ru: new Map(Object.entries(stageWords.ru)),
};

/** The name of a stage; of what is none, the text itself. */
export function stageName(stage: string | null, language: Language): string | null {
  if (stage === null) return null;
  return NAMES[language].get(stage) ?? stage;
}
