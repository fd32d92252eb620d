import type { Language } from "../page/page.ts";
import { pluralOf } from "./plural.ts";

/** What charts say by themselves, whatever they show. */
const en = {
  unfinished: "Unfinished",
  noData: "no data",
  double: "Double booked",
  overdue: "Overdue",
  noEnd: "No planned end",
  mayLast: "May last into tomorrow",
  today: "Today",
  freeCars: "Free cars",
  car: "Car",
  stage: "Stage",
  count: "Count",
  shareOfFirst: "Of all",
  shareOfBefore: "Of the step before",
  before: "Before",
  daysFrom: (first: string, last: string) => first === last ? first : `${first} – ${last}`,
  cut: (cut: number) => `and ${cut} more`,
  scrollable: "can be scrolled sideways",
  cars: (count: number) => pluralOf("en", count, { one: "car", other: "cars" }),
};

const ru: typeof en = {
  unfinished: "Период не закончен",
  noData: "нет данных",
  double: "Двойная бронь",
  overdue: "Просрочено",
  noEnd: "Конец не указан",
  mayLast: "Может продлиться на завтра",
  today: "Сегодня",
  freeCars: "Свободно машин",
  car: "Машина",
  stage: "Этап",
  count: "Количество",
  shareOfFirst: "От всех",
  shareOfBefore: "От предыдущего этапа",
  before: "Было",
  daysFrom: (first, last) => first === last ? first : `${first} – ${last}`,
  cut: (cut) => `и ещё ${cut}`,
  scrollable: "можно прокрутить вбок",
  cars: (count) =>
    pluralOf("ru", count, { one: "машина", few: "машины", many: "машин", other: "машины" }),
};

export const chartWords: Readonly<Record<Language, typeof en>> = { en, ru };
