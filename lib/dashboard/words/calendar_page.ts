import type { Language } from "../page/page.ts";

const en = {
  title: "Calendar",
  days: "Day by day",
  intro:
    "Each row is a car, each bar a booking over the days that it covers: to the day before its end.",
  carsByDays: (from: string, to: string) => `Cars by days, ${from} – ${to}`,
  description:
    "Bars are bookings with the initials of the client and the stage; the first row counts free cars.",
  shownDays: (from: string, to: string) =>
    `Shown are ${from} – ${to}: a calendar has at most 92 days. Choose later days to see the rest.`,
  shownCars: (first: number, last: number, all: number) => `Cars ${first} to ${last} of ${all}.`,
  shownUnassigned: (shown: number, all: number) =>
    `Shown are ${shown} of ${all} bookings without a car; the CSV has all of them.`,
  noCars: "No car was in the fleet on these days and nothing was booked: choose another period.",
  unassigned: "Without a car",
  noInitials: "?",
  nobody: "Unknown client",
  masked: "Client not shown",
  noPlate: "–",
  bookings: "Bookings",
  client: "Client",
  firstDay: "First day",
  lastDay: "Last day",
  start: "Start",
  end: "End",
  overdue: "Overdue",
  doubleBooked: "Double-booked",
  free: "Free cars",
  freeTable: "Free cars by day",
  freeIntro:
    "Days that are over: cars in the fleet without a booking on the day. Today and later: cars in the fleet that no booking covers and that are not overdue. Bookings without a car still need some of them.",
  day: "Day",
  freeCars: "Free",
  fleetCars: "In the fleet",
  isFinished: "Over",
  move: "Other days",
  earlier: "Earlier",
  later: "Later",
  aroundToday: "Around today",
};

const ru: typeof en = {
  title: "Календарь",
  days: "По дням",
  intro:
    "Строка — машина, полоса — бронь на днях, которые она занимает: по день перед её окончанием.",
  carsByDays: (from, to) => `Машины по дням, ${from} – ${to}`,
  description:
    "Полосы — брони с инициалами клиента и стадией; в первой строке — сколько машин свободно.",
  shownDays: (from, to) =>
    `Показаны дни ${from} – ${to}: в календаре не больше 92 дней. Остальные — в более позднем периоде.`,
  shownCars: (first, last, all) => `Машины с ${first} по ${last} из ${all}.`,
  shownUnassigned: (shown, all) => `Показано броней без машины: ${shown} из ${all}; в CSV все.`,
  noCars: "В эти дни в парке не было машин и ничего не забронировано: выберите другой период.",
  unassigned: "Без машины",
  noInitials: "?",
  nobody: "Клиент неизвестен",
  masked: "Клиент скрыт",
  noPlate: "–",
  bookings: "Брони",
  client: "Клиент",
  firstDay: "Первый день",
  lastDay: "Последний день",
  start: "Начало",
  end: "Окончание",
  overdue: "Просрочено",
  doubleBooked: "Двойная бронь",
  free: "Свободные машины",
  freeTable: "Свободные машины по дням",
  freeIntro:
    "Прошедшие дни: машины парка без брони в этот день. Сегодня и позже: машины парка, которых не занимает бронь и которые не просрочены. Часть из них ещё нужна броням без машины.",
  day: "День",
  freeCars: "Свободно",
  fleetCars: "В парке",
  isFinished: "Прошёл",
  move: "Другие дни",
  earlier: "Раньше",
  later: "Позже",
  aroundToday: "Около сегодня",
};

export const calendarWords: Readonly<Record<Language, typeof en>> = { en, ru };
