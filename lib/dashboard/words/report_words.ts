import type { Language } from "../page/page.ts";

const en = {
  title: (month: string) => `Report on ${month}`,
  asOf: (day: string) =>
    `As things stood at the end of ${day}, by what was known when this was made`,
  unfinished: (days: number) =>
    `The month is not over yet: ${days} ${days === 1 ? "day" : "days"} of it had passed by then`,
  zone: (zone: string) => `Times and days in ${zone}`,
  money: (currency: string) => `Money in ${currency}`,
  contents: "Contents",
  showsPresent: "These figures show the present, and not the state of that day",
};

const ru: typeof en = {
  title: (month) => `Отчёт за ${month}`,
  asOf: (day) => `По состоянию на конец дня ${day}, по тому, что было известно при составлении`,
  unfinished: (days) => `Месяц не закончен: к этому времени прошло дней: ${days}`,
  zone: (zone) => `Время и дни по ${zone}`,
  money: (currency) => `Деньги в ${currency}`,
  contents: "Содержание",
  showsPresent: "Эти показатели относятся к настоящему времени, а не к состоянию на этот день",
};

/** What a report says beside its pages. */
export const reportWords: Record<Language, typeof en> = { en, ru };
