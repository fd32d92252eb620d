import type { Language } from "../page/page.ts";

/** Names of the stages of dict.stage and of what lies outside the rental pipeline. */
const en = {
  inquiry: "Inquiry",
  quote: "Quote",
  deposit: "Deposit",
  confirmed: "Confirmed",
  on_rent: "On rent",
  returned: "Returned",
  closed: "Closed",
  cancelled: "Cancelled",
  other: "Other",
  outside: "Another pipeline",
};

const ru: typeof en = {
  inquiry: "Заявка",
  quote: "Предложение",
  deposit: "Предоплата",
  confirmed: "Подтверждено",
  on_rent: "В аренде",
  returned: "Возвращено",
  closed: "Закрыто",
  cancelled: "Отменено",
  other: "Прочее",
  outside: "Другая воронка",
};

export const stageWords: Readonly<Record<Language, typeof en>> = { en, ru };

export type Stage = keyof typeof en;

export const STAGES: readonly Stage[] = Object.keys(en).filter(isStage);

export function isStage(text: string): text is Stage {
  return Object.hasOwn(en, text);
}
