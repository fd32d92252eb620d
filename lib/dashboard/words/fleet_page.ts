import type { Language } from "../page/page.ts";

const en = {
  title: "Fleet",
  summary: "The period",
  months: "Month by month",
  monthsIntro: "The share of the days in the fleet that were rented. Dashed: a year earlier.",
  utilisationByMonth: "Utilisation by month",
  utilisationChart: (name: string) =>
    `Utilisation of ${name}, by month, with the year before beside it.`,
  thisYear: "Utilisation",
  yearBefore: "A year earlier",
  noMonths:
    "No month of this period has a finished day with a car in the fleet: choose another period.",
  models: "By model",
  modelsTable: "Models",
  cars: "By car",
  carsTable: "Cars",
  membersIntro: "Whole months that the period touches, days up to the last finished one.",
  noMembers: "No car was in the fleet in these months.",
  days: "Day by day",
  daysIntro: "A gap is a day outside the fleet, or a later one that is not booked yet.",
  usage: "Cars by days",
  usageChart: "Each row is a car, each column a day: rented, booked ahead, double-booked or idle.",
  states: {
    rented: "Rented",
    booked: "Booked ahead",
    double_booked: "Double-booked",
    idle: "Idle",
  },
  firstDay: "First day",
  lastDay: "Last day",
  state: "Use",
  shownDays: (from: string, to: string) =>
    `Shown are ${from} – ${to}: choose a shorter period to see other days.`,
  wholeFleet: "the fleet",
  noDays: "No car was in the fleet on these days: choose another period.",
};

const ru: typeof en = {
  title: "Парк",
  summary: "Период",
  months: "По месяцам",
  monthsIntro: "Доля дней в парке, которые были в аренде. Пунктир — годом ранее.",
  utilisationByMonth: "Загрузка по месяцам",
  utilisationChart: (name: string) => `Загрузка по месяцам (${name}), рядом — годом ранее.`,
  thisYear: "Загрузка",
  yearBefore: "Годом ранее",
  noMonths:
    "Ни в одном месяце периода нет завершённого дня с машиной в парке: выберите другой период.",
  models: "По моделям",
  modelsTable: "Модели",
  cars: "По машинам",
  carsTable: "Машины",
  membersIntro: "Целые месяцы, которых касается период; дни по последний завершённый.",
  noMembers: "В эти месяцы в парке не было машин.",
  days: "По дням",
  daysIntro: "Пропуск — день вне парка или будущий день без брони.",
  usage: "Машины по дням",
  usageChart: "Строка — машина, столбец — день: аренда, бронь впереди, двойная бронь или простой.",
  states: {
    rented: "В аренде",
    booked: "Забронировано",
    double_booked: "Двойная бронь",
    idle: "Простой",
  },
  firstDay: "Первый день",
  lastDay: "Последний день",
  state: "Состояние",
  shownDays: (from: string, to: string) =>
    `Показаны дни ${from} – ${to}: выберите период короче, чтобы увидеть другие.`,
  wholeFleet: "весь парк",
  noDays: "В эти дни в парке не было машин: выберите другой период.",
};

export const fleetWords: Readonly<Record<Language, typeof en>> = { en, ru };
