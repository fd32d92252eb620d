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
  extremes: (most: string, mostAt: string, least: string, leastAt: string) =>
    `Highest ${most} (${mostAt}), lowest ${least} (${leastAt}).`,
  throughout: (value: string) => `${value} throughout.`,
  inAll: (sums: string) => `In all: ${sums}.`,
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
  stage: "Стадия",
  count: "Число",
  shareOfFirst: "От всех",
  shareOfBefore: "От прошлой стадии",
  before: "Было",
  daysFrom: (first, last) => first === last ? first : `${first} – ${last}`,
  cut: (cut) => `и ещё ${cut}`,
  scrollable: "можно прокрутить вбок",
  extremes: (most, mostAt, least, leastAt) =>
    `Больше всего ${most} (${mostAt}), меньше всего ${least} (${leastAt}).`,
  throughout: (value) => `Везде ${value}.`,
  inAll: (sums) => `Всего: ${sums}.`,
  cars: (count) =>
    pluralOf("ru", count, { one: "машина", few: "машины", many: "машин", other: "машины" }),
};

export const chartWords: Readonly<Record<Language, typeof en>> = { en, ru };
