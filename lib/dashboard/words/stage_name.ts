import type { Language } from "../page/page.ts";
import { stageWords } from "./stage_words.ts";

/** The name of a stage; of what is none, the text itself. */
export function stageName(stage: string | null, language: Language): string | null {
  if (stage === null) return null;
  const names: ReadonlyMap<string, string> = new Map(Object.entries(stageWords[language]));
  return names.get(stage) ?? stage;
}
