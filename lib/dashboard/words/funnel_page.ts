import type { Language } from "../page/page.ts";
import { pluralOf } from "./plural.ts";

const en = {
  title: "Funnel",
  summary: "The cohorts of the period",
  weeks: (from: string, to: string) => `Leads created in the weeks from ${from} to ${to}`,
  soFar: (days: string, all: string) => `${days} of ${all} days so far`,
  tooFew: (leads: number, days: number) =>
    `${leads} ${leads === 1 ? "lead" : "leads"} in ${days} ${
      days === 1 ? "day" : "days"
    } are too few for a funnel: its rates say little yet. A few weeks of leads that are old enough to be won or lost make them worth reading.`,
  young: (share: string, days: number | null) =>
    `Only ${share} of these leads are mature, that is, created ${
      days ?? "COHORT_MATURITY_DAYS"
    } or more days before the last finished day: the others may still convert, so these rates are lower than they will be.`,
  leads: "Leads created",
  conversion: "Reached confirmed",
  won: "Won",
  lost: "Lost",
  open: "Open",
  maturity: "Mature",
  matureLeads: "Mature leads",
  share: "Share of leads",
  reached: (stage: string) => `Reached ${stage.toLowerCase()}`,
  leadsBefore: "Leads, period before",
  shareBefore: "Share, period before",
  funnel: "How far they came",
  funnelChart:
    "Leads that were ever in a stage or a later one: skipping counts as reaching, going back takes nothing away. Marks: what the same number of leads would give at the rates of the period before.",
  atRatesBefore: (period: string) => `at the rates of ${period}`,
  noFunnel: "No lead was created in these weeks: choose another or a longer period.",
  cohorts: "Week by week",
  cohortsIntro:
    "Each week is the cohort of the leads created in it. Hatched: young cohorts, in which not all leads are mature; their rates will still rise.",
  cohortsByWeek: "What became of each week's leads",
  cohortsChart: "Leads of each week that are won, open and lost now.",
  conversionByWeek: "Share that reached confirmed",
  conversionChart: "Leads of each week that reached confirmed or a later stage, by all of them.",
  noCohorts: "There is no cohort in these weeks: choose another period.",
  week: "Week from",
  moves: "Moves",
  movesIntro:
    "Changes of status into each stage, by the time of the change, whatever the age of the lead. Hatched: a week that is not over.",
  movesByWeek: "Moves into each stage by week",
  movesChart: "Moves of each week, by the stage that was entered.",
  movesCount: "Moves",
  uniqueLeads: "Leads that moved",
  noMoves: "No lead changed its stage in these weeks.",
  transitions: "From stage to stage",
  transitionsIntro:
    "All time, up to the last finished day. Rows: the stage that was left; columns: the one that was entered.",
  transitionsGuide: "Each number leads to its leads.",
  matrix: "Moves from stage to stage",
  from: "From",
  to: "To",
  stillThere: "Still there",
  dwell: "Time in a stage before the move",
  dwellIntro:
    "Medians are of finished visits whose beginning is known. Leads that are still in a stage are in none of them: where many are, the real times are longer.",
  median: "Median",
  p90: "Nine of ten within",
  shareExact: "Exact times",
  noTransitions: "No lead has changed its stage yet.",
  cancellations: "Cancellations and no-shows",
  cancellationsIntro:
    "What became of leads that were ever confirmed. Leads deleted or moved to another pipeline since are in neither number. Hatched: months that are not over.",
  basis: "Which months",
  byConfirmation: "By confirmation",
  byStart: "By start of the rental",
  confirmed: "Confirmed",
  cancelled: "Cancelled",
  cancelledBefore: "Cancelled, no no-show",
  noShows: "No-shows",
  pending: "Pending",
  closed: "Closed",
  rate: "Cancelled share",
  fates: "What became of confirmed leads",
  fatesChart:
    "Confirmed leads of each month that are closed, pending, cancelled, or did not show up.",
  noCancellations: "No lead was confirmed in these months.",
  listTitle: "Leads behind a figure",
  listGuide: "Any number above leads here. Each lead leads to its history.",
  list: {
    created: "All leads created in the period",
    reached: (stage: string) => `Leads of the period that reached ${stage.toLowerCase()}`,
    mature: "Leads of the period that are mature",
    won: "Leads of the period that are won",
    lost: "Leads of the period that are lost",
    open: "Leads of the period that are open",
    moved: (stage: string) => `Moves into ${stage.toLowerCase()} in the period`,
    left: (from: string, to: string) =>
      `Moves from ${from.toLowerCase()} to ${to.toLowerCase()}, all time, after the longest visits first`,
    in: (stage: string) => `Leads in ${stage.toLowerCase()} now, the oldest first`,
    confirmed: "Confirmed leads of the months",
    cancelled: "Confirmed leads of the months that are cancelled",
    no_shows: "Confirmed leads of the months that did not show up",
    pending: "Confirmed leads of the months that are pending",
    closed: "Confirmed leads of the months that are closed",
  },
  noLeads: "There is no such lead.",
  showAll: "All leads created in the period",
  badList: (text: string) =>
    `There is no list "${text}": expected one that a number of this page leads to`,
  badBasis: (text: string) => `There is no basis "${text}": expected confirmation or start`,
  client: "Client",
  created: "Created",
  since: "In it since",
  movedAt: "Moved",
  confirmedDay: "Confirmed",
  start: "Start",
  isNoShow: "No-show",
  dwellTime: "Time in the stage",
  isExact: "Exact time",
};

const ru: typeof en = {
  title: "Воронка",
  summary: "Когорты периода",
  weeks: (from: string, to: string) => `Сделки, созданные в недели с ${from} по ${to}`,
  soFar: (days: string, all: string) => `прошло дней: ${days} из ${all}`,
  tooFew: (leads: number, days: number) =>
    `${leads} ${
      pluralOf("ru", leads, { one: "сделка", few: "сделки", many: "сделок", other: "сделки" })
    } за ${days} ${
      pluralOf("ru", days, { one: "день", few: "дня", many: "дней", other: "дня" })
    } — слишком мало для воронки: её доли пока ни о чём не говорят. Нужны сделки за несколько недель, успевшие закончиться.`,
  young: (share, days) =>
    `Зрелых сделок, то есть созданных за ${
      days === null
        ? "COHORT_MATURITY_DAYS дней"
        : `${days} ${pluralOf("ru", days, { one: "день", few: "дня", many: "дней", other: "дня" })}`
    } до последнего завершённого дня или раньше, только ${share}: остальные ещё могут дойти дальше, и доли вырастут.`,
  leads: "Создано сделок",
  conversion: "Дошли до подтверждения",
  won: "Выиграны",
  lost: "Проиграны",
  open: "Открыты",
  maturity: "Зрелость",
  matureLeads: "Зрелых сделок",
  share: "Доля сделок",
  reached: (stage: string) => `Дошли: ${stage.toLowerCase()}`,
  leadsBefore: "Сделки, предыдущий период",
  shareBefore: "Доля, предыдущий период",
  funnel: "Как далеко дошли",
  funnelChart:
    "Сделки, которые когда-либо были на стадии или дальше: пропуск стадии засчитывается, возврат ничего не отнимает. Метки — сколько дало бы то же число сделок при долях предыдущего периода.",
  atRatesBefore: (period: string) => `при долях периода ${period}`,
  noFunnel: "В эти недели не создано ни одной сделки: выберите другой период или длиннее.",
  cohorts: "По неделям",
  cohortsIntro:
    "Каждая неделя — когорта созданных в неё сделок. Штриховка — молодые когорты, где зрелы не все сделки: их доли ещё вырастут.",
  cohortsByWeek: "Что стало со сделками каждой недели",
  cohortsChart: "Сделки каждой недели, которые сейчас выиграны, открыты и проиграны.",
  conversionByWeek: "Доля дошедших до подтверждения",
  conversionChart: "Сделки каждой недели, дошедшие до подтверждения или дальше, из всех её сделок.",
  noCohorts: "В этих неделях нет когорт: выберите другой период.",
  week: "Неделя с",
  moves: "Переходы",
  movesIntro:
    "Смены статуса с входом на стадию, по времени смены, каким бы ни был возраст сделки. Штриховка — неделя ещё не закончилась.",
  movesByWeek: "Переходы на каждую стадию по неделям",
  movesChart: "Переходы каждой недели по стадии, на которую перешли.",
  movesCount: "Переходы",
  uniqueLeads: "Сделок перешло",
  noMoves: "В эти недели ни одна сделка не сменила стадию.",
  transitions: "Со стадии на стадию",
  transitionsIntro:
    "За всё время, по последний завершённый день. Строки — стадия, с которой ушли, столбцы — на которую пришли.",
  transitionsGuide: "Каждое число ведёт к своим сделкам.",
  matrix: "Переходы со стадии на стадию",
  from: "Откуда",
  to: "Куда",
  stillThere: "Всё ещё там",
  dwell: "Время на стадии до перехода",
  dwellIntro:
    "Медианы — по завершённым пребываниям с известным началом. Сделки, которые всё ещё на стадии, в них не входят: где таких много, настоящее время дольше.",
  median: "Медиана",
  p90: "Девять из десяти — до",
  shareExact: "Точное время",
  noTransitions: "Пока ни одна сделка не сменила стадию.",
  cancellations: "Отмены и неявки",
  cancellationsIntro:
    "Что стало со сделками, которые когда-либо были подтверждены. Удалённых с тех пор и ушедших в другую воронку нет ни в одном из чисел. Штриховка — месяц ещё не закончился.",
  basis: "Какие месяцы",
  byConfirmation: "По подтверждению",
  byStart: "По началу проката",
  confirmed: "Подтверждено",
  cancelled: "Отменено",
  cancelledBefore: "Отменено, кроме неявок",
  noShows: "Неявки",
  pending: "В ожидании",
  closed: "Закрыто",
  rate: "Доля отмен",
  fates: "Что стало с подтверждёнными сделками",
  fatesChart: "Подтверждённые сделки каждого месяца: закрытые, в ожидании, отменённые и неявки.",
  noCancellations: "В эти месяцы не подтверждено ни одной сделки.",
  listTitle: "Сделки за числом",
  listGuide: "Сюда ведёт любое число выше. Каждая сделка ведёт к своей истории.",
  list: {
    created: "Все сделки, созданные в период",
    reached: (stage: string) => `Сделки периода, дошедшие до стадии «${stage}»`,
    mature: "Зрелые сделки периода",
    won: "Выигранные сделки периода",
    lost: "Проигранные сделки периода",
    open: "Открытые сделки периода",
    moved: (stage: string) => `Переходы на стадию «${stage}» в период`,
    left: (from: string, to: string) =>
      `Переходы «${from}» → «${to}» за всё время, сначала после самых долгих пребываний`,
    in: (stage: string) => `Сделки, которые сейчас на стадии «${stage}», сначала самые старые`,
    confirmed: "Подтверждённые сделки этих месяцев",
    cancelled: "Подтверждённые сделки этих месяцев, которые отменены",
    no_shows: "Подтверждённые сделки этих месяцев с неявкой",
    pending: "Подтверждённые сделки этих месяцев в ожидании",
    closed: "Подтверждённые сделки этих месяцев, которые закрыты",
  },
  noLeads: "Таких сделок нет.",
  showAll: "Все сделки, созданные в период",
  badList: (text: string) =>
    `Списка «${text}» нет: ожидается тот, к которому ведёт число этой страницы`,
  badBasis: (text: string) => `Основания «${text}» нет: ожидается confirmation или start`,
  client: "Клиент",
  created: "Создана",
  since: "На ней с",
  movedAt: "Перешла",
  confirmedDay: "Подтверждена",
  start: "Начало",
  isNoShow: "Неявка",
  dwellTime: "Время на стадии",
  isExact: "Точное время",
};

export type FunnelWords = typeof en;

export const funnelWords: Readonly<Record<Language, FunnelWords>> = { en, ru };
