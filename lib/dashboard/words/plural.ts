import type { Language } from "../page/page.ts";

/** The forms of a counted noun: English needs one and other, Russian one (1 день), few (2 дня) and many (5 дней). */
export interface PluralForms {
  readonly one: string;
  readonly few?: string;
  readonly many?: string;
  /** Also what a fraction takes: 1.5 days, 1,5 дня. */
  readonly other: string;
}

const RULES: Readonly<Record<Language, Intl.PluralRules>> = {
  en: new Intl.PluralRules("en"),
  ru: new Intl.PluralRules("ru"),
};

/** The form of the noun that goes with the count; the count itself is formatted by the caller. */
export function pluralOf(language: Language, count: number, forms: PluralForms): string {
  const rule = RULES[language].select(count);
  if (rule === "one") return forms.one;
  if (rule === "few") return forms.few ?? forms.other;
  if (rule === "many") return forms.many ?? forms.other;
  return forms.other;
}
