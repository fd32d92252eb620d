import type { Language } from "../page/page.ts";

/** What the pages of figures share: names of figures and of what they are compared with. */
const en = {
  utilisation: "Utilisation",
  revenue: "Revenue",
  carDays: "Car days",
  rentedDays: "Rented days",
  idleDays: "Idle days",
  chargedDays: "Charged days",
  unpricedDays: "Rented for an unknown price",
  doubleBookedDays: "Double-booked days",
  longestIdleRun: "Longest idle run in a month",
  adr: "Revenue per rented day (ADR)",
  rpd: "Revenue per charged day (RPD)",
  revpac: "Revenue per car day (RevPAC)",
  unattributedRevenue: "Unattributed revenue",
  unattributedBookings: "Unattributed bookings",
  fromDay: "First day",
  toDay: "Last day",
  day: "Day",
  month: "Month",
  model: "Model",
  car: "Car",
  lead: "Lead",
  stage: "Stage",
  amount: "Amount",
  isComplete: "Finished",
  daysSoFar: "Days so far",
  isAhead: "On the books",
  before: "the period before",
  yearAgo: "a year ago",
  period: (from: string, to: string) => from === to ? from : `${from} – ${to}`,
  soFar: (days: string, all: string) => `${days} of ${all} days so far`,
  deletedCar: "Deleted",
  firstLoad: (day: string) =>
    `The first load of the CRM was on ${day}: of the time before it only what leads still said then is known.`,
  badPage: (text: string, pages: number) =>
    `There is no page "${text}" of this list: expected a number from 1 to ${pages}`,
  notBuilt: {
    title: "There are no figures yet",
    text: "The marts have not been built: run deno task daily, or let the scheduler come to them.",
  },
  nothingFinished: "No day of this period is finished yet: choose an earlier one.",
  nothingKnown:
    "Nothing is known of these days, the warehouse has none as old: choose a later period.",
  nothingOfChosen:
    "None of the chosen cars was in the fleet on these days, or the warehouse has none as old: choose another period or car.",
};

const ru: typeof en = {
  utilisation: "Загрузка",
  revenue: "Выручка",
  carDays: "Дни в парке",
  rentedDays: "Дни в аренде",
  idleDays: "Дни простоя",
  chargedDays: "Оплачиваемые дни",
  unpricedDays: "В аренде без цены",
  doubleBookedDays: "Дни с двойной бронью",
  longestIdleRun: "Самый длинный простой за месяц",
  adr: "Выручка на день в аренде (ADR)",
  rpd: "Выручка на оплачиваемый день (RPD)",
  revpac: "Выручка на день в парке (RevPAC)",
  unattributedRevenue: "Нераспределённая выручка",
  unattributedBookings: "Нераспределённые брони",
  fromDay: "Первый день",
  toDay: "Последний день",
  day: "День",
  month: "Месяц",
  model: "Модель",
  car: "Машина",
  lead: "Сделка",
  stage: "Стадия",
  amount: "Сумма",
  isComplete: "Завершён",
  daysSoFar: "Дней прошло",
  isAhead: "Будущие",
  before: "в предыдущем периоде",
  yearAgo: "год назад",
  period: (from: string, to: string) => from === to ? from : `${from} – ${to}`,
  soFar: (days: string, all: string) => `прошло дней: ${days} из ${all}`,
  deletedCar: "Удалена",
  firstLoad: (day: string) =>
    `Первая загрузка CRM — ${day}: о времени до неё известно лишь то, что тогда ещё было в сделках.`,
  badPage: (text: string, pages: number) =>
    `Страницы «${text}» в этом списке нет: ожидается число от 1 до ${pages}`,
  notBuilt: {
    title: "Показателей ещё нет",
    text: "Витрины не построены: запустите deno task daily или дождитесь планировщика.",
  },
  nothingFinished: "В этом периоде ещё нет завершённых дней: выберите более ранний.",
  nothingKnown:
    "Об этих днях ничего не известно, таких давних в хранилище нет: выберите более поздний период.",
  nothingOfChosen:
    "Выбранных машин в эти дни не было в парке, или таких давних дней в хранилище нет: выберите другой период или машину.",
};

export type FiguresWords = typeof en;

export const figuresWords: Readonly<Record<Language, FiguresWords>> = { en, ru };
