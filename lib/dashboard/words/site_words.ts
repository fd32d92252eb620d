import type { Language } from "../page/page.ts";

/** "daily_build_dm" of "daily_build_dm.build_revenue_day". */
const dagOf = (task: string): string => task.split(".", 1)[0] ?? task;

/** What the site itself says: of addresses that make no sense, of a warehouse that is away, of logging in. */
const en = {
  site: "Rental Analytics",
  notFound: "There is no such page",
  noSuch: {
    lead: "There is no such lead",
    client: "There is no such client",
    car: "There is no such car",
    model: "There is no such model",
    dag: "There is no such DAG",
    table: "There is no such table",
  },
  notFoundText: (path: string) => `There is nothing at ${path}.`,
  toFirstPage: "To the first page",
  tryAgain: "Try again",
  badRequest: "This address makes no sense",
  unavailable: "The warehouse cannot be read now",
  fault: "This page has a fault",
  faultText: (id: string) =>
    `Something in this program went wrong, not in your address. Its log has the error under ${id}: ` +
    "show it to whoever runs the program.",
  notAllowed: "This address takes no such request",
  tooLarge: "This request is larger than any that this site takes.",
  unknownParameter: (name: string, known: string) =>
    `The address has a parameter "${name}", which this page does not know. It knows: ${known}.`,
  repeatedParameter: (name: string) =>
    `The address has the parameter "${name}" more than once. Keep one of them.`,
  badText: (name: string) => `${name} has a character that no text of the warehouse can have.`,
  badLanguage: (text: string) => `lang is "${text}", expected en or ru.`,
  badDate: (name: string, text: string) =>
    `${name} is "${text}", expected a day like 2026-05-03 or a month like 2026-05.`,
  badDay: (name: string, text: string) => `${name} is "${text}", expected a day like 2026-05-03.`,
  futureDay: (name: string, text: string, today: string) =>
    `${name} is ${text}, which is still to come. Give a day up to today, ${today}.`,
  turnedPeriod: (from: string, to: string) =>
    `The period begins on ${from} and ends before that, on ${to}. Give from and to in their order.`,
  longPeriod: (days: number) => `The period is longer than ${days} days. Give a shorter one.`,
  farPeriod: (text: string, last: string) =>
    `The period reaches to ${text}, but days after ${last} are not built. End it there.`,
  badCar: (text: string) => `car is "${text}", expected the number of a car, like 123.`,
  unknownCar: (id: number) => `There is no car with the number ${id}. Choose one from the list.`,
  unknownModel: (text: string) => `No car is a "${text}". Choose a model from the list.`,
  unknownTable: (name: string, known: string) =>
    `This page has no table "${name}". It has: ${known}.`,
  noTable: "This page has no table to download.",
  tooSlow: (seconds: number) =>
    `The warehouse has not answered within ${seconds} s. Try again, or ask for a shorter period.`,
  away: "The warehouse does not answer. Check that its server runs, then load this page again.",
  busy: "The warehouse is busy, maybe with a run of the pipeline. Try again in a moment.",
  behind:
    "The warehouse is older or newer than this program. Run deno task migrate: it says which, and mends an older one.",
  noRight: (login: string) =>
    `The warehouse refuses to show this to ${login}. An administrator runs ` +
    `grant rental_bi, rental_look to "${login}".`,
  demo: (day: string) =>
    `This is a demo\u2019s warehouse: its clock stands at the evening of ${day}.`,
  lastGood: (moment: string, problem: string) =>
    `This is the last good page, of ${moment}. ${problem}`,
  roleMissing: (role: string) =>
    `The role ${role} is missing, so this page is read with the rights of the login. ` +
    `An administrator runs create role ${role} nologin; and then deno task migrate.`,
  roleNotGranted: (role: string, login: string) =>
    `The login may not take the role ${role}, so this page is read with its own rights. ` +
    `An administrator runs grant ${role} to "${login}";`,
  failedCheck: (name: string, table: string, count: number) =>
    `The check ${name} of ${table} found ${count}. deno task check-data ${name} shows them.`,
  staleSource: (table: string, at: string | null) =>
    at === null
      ? `${table} was never loaded. Run deno task daily.`
      : `${table} was last loaded at ${at}: what changed since is not here. See deno task runs.`,
  unfinishedBuild: (task: string, date: string, status: string) =>
    `${task} of ${date}: ${status}. What it builds is older; ` +
    `deno task runs explain ${dagOf(task)} ${date} says why.`,
  otherSetting: (name: string, built: number, now: number, date: string) =>
    `Counted with ${name}=${built}, as it was set for the build of ${date}: ` +
    `${name}=${now}, as it is set now, counts from the next build on.`,
  statuses: {
    "waiting": "waiting",
    "running": "running",
    "failed": "failed",
    "upstream_failed": "held up by what failed before it",
    "skipped": "skipped",
    "stale": "older than what it is built from",
    "not run yet": "still to run",
  },
  logIn: "Log in",
  token: "Token",
  tokenHint: "It is DASHBOARD_TOKEN in the settings of the program.",
  wrongToken: "That is not the token.",
  tooManyLogins: (seconds: number) => `Too many wrong tokens. Try again in ${seconds} s.`,
  wrongHost: (host: string) =>
    `This site answers to this machine alone, and was asked for as "${host}". Open it by its ` +
    "loopback address, or set DASHBOARD_TOKEN to serve it under another name.",
  forwarded: "This site answers to this machine alone, and was asked through a proxy. " +
    "Set DASHBOARD_TOKEN to serve it that way.",
  wrongOrigin: "Another site has sent this. Do it from a page of this site.",
  noWriteButtons: "Runs are started from here only when DASHBOARD_TOKEN is set.",
  unknownDag: (id: string) => `There is no DAG "${id}". Choose one on the page of runs.`,
  noAmo: "This DAG reads amoCRM, and this program has no account. Set AMO_SUBDOMAIN and AMO_TOKEN.",
};

const ru: typeof en = {
  site: "Rental Analytics",
  notFound: "Такой страницы нет",
  noSuch: {
    lead: "Такой сделки нет",
    client: "Такого клиента нет",
    car: "Такой машины нет",
    model: "Такой модели нет",
    dag: "Такого DAG нет",
    table: "Такой таблицы нет",
  },
  notFoundText: (path) => `По адресу ${path} ничего нет.`,
  toFirstPage: "На первую страницу",
  tryAgain: "Повторить",
  badRequest: "Этот адрес не имеет смысла",
  unavailable: "Хранилище сейчас недоступно",
  fault: "На этой странице ошибка",
  faultText: (id) =>
    `Ошибка в самой программе, а не в вашем адресе. В её журнале она записана под номером ${id}: ` +
    "покажите его тому, кто ведёт программу.",
  notAllowed: "По этому адресу такой запрос не принимается",
  tooLarge: "Этот запрос больше любого, который сайт принимает.",
  unknownParameter: (name, known) =>
    `В адресе есть параметр «${name}», которого эта страница не знает. Она знает: ${known}.`,
  repeatedParameter: (name) => `Параметр «${name}» указан в адресе несколько раз. Оставьте один.`,
  badText: (name) => `В параметре ${name} есть символ, которого нет ни в одном тексте хранилища.`,
  badLanguage: (text) => `lang: «${text}», а ожидается en или ru.`,
  badDate: (name, text) =>
    `${name}: «${text}», а ожидается день вида 2026-05-03 или месяц вида 2026-05.`,
  badDay: (name, text) => `${name}: «${text}», а ожидается день вида 2026-05-03.`,
  futureDay: (name, text, today) =>
    `${name}: ${text} ещё не наступило. Укажите день не позже сегодняшнего, ${today}.`,
  turnedPeriod: (from, to) =>
    `Период начинается ${from}, а кончается раньше, ${to}. Укажите from и to по порядку.`,
  longPeriod: (days) => `Период длиннее ${days} дней. Укажите более короткий.`,
  farPeriod: (text, last) =>
    `Период доходит до ${text}, но дни после ${last} не рассчитаны. Закончите его там.`,
  badCar: (text) => `car: «${text}», а ожидается номер автомобиля, например 123.`,
  unknownCar: (id) => `Автомобиля с номером ${id} нет. Выберите его из списка.`,
  unknownModel: (text) => `Модели «${text}» нет ни у одного автомобиля. Выберите её из списка.`,
  unknownTable: (name, known) => `На этой странице нет таблицы «${name}». Есть: ${known}.`,
  noTable: "На этой странице нет таблиц для скачивания.",
  tooSlow: (seconds) => `Хранилище не ответило за ${seconds} с. Повторите или сократите период.`,
  away: "Хранилище не отвечает. Проверьте, работает ли его сервер, и загрузите страницу снова.",
  busy: "Хранилище занято, возможно запуском конвейера. Повторите через минуту.",
  behind:
    "Хранилище старее или новее программы. Запустите deno task migrate: команда скажет, что из двух, и обновит старое.",
  noRight: (login) =>
    `Хранилище не показывает это пользователю ${login}. Администратор выполняет ` +
    `grant rental_bi, rental_look to "${login}".`,
  demo: (day: string) => `Это хранилище демо: его часы стоят на вечере ${day}.`,
  lastGood: (moment, problem) => `Это последняя удачная страница, ${moment}. ${problem}`,
  roleMissing: (role) =>
    `Роли ${role} нет, поэтому страница читается с правами самой учётной записи. ` +
    `Администратор выполняет create role ${role} nologin; а затем deno task migrate.`,
  roleNotGranted: (role, login) =>
    `Учётной записи не выдана роль ${role}, поэтому страница читается с её собственными правами. ` +
    `Администратор выполняет grant ${role} to "${login}";`,
  failedCheck: (name, table, count) =>
    `Проверка ${name} таблицы ${table} нашла: ${count}. Показать: deno task check-data ${name}.`,
  staleSource: (table, at) =>
    at === null
      ? `${table} ещё ни разу не загружалась. Запустите deno task daily.`
      : `${table} загружена в последний раз ${at}: более поздних изменений здесь нет. См. deno task runs.`,
  unfinishedBuild: (task, date, status) =>
    `${task} за ${date}: ${status}, поэтому данные старше. ` +
    `Причину скажет deno task runs explain ${dagOf(task)} ${date}.`,
  otherSetting: (name, built, now, date) =>
    `Посчитано при ${name}=${built}, как было задано при построении за ${date}: ` +
    `нынешнее ${name}=${now} подействует со следующего построения.`,
  statuses: {
    "waiting": "ждёт",
    "running": "выполняется",
    "failed": "с ошибкой",
    "upstream_failed": "остановлено ошибкой до него",
    "skipped": "пропущено",
    "stale": "старше того, из чего строится",
    "not run yet": "ещё не запускалось",
  },
  logIn: "Войти",
  token: "Токен",
  tokenHint: "Это DASHBOARD_TOKEN из настроек программы.",
  wrongToken: "Это не тот токен.",
  tooManyLogins: (seconds) => `Слишком много неверных токенов. Повторите через ${seconds} с.`,
  wrongHost: (host) =>
    `Сайт отвечает только этому компьютеру, а спросили «${host}». Откройте его по локальному ` +
    "адресу или задайте DASHBOARD_TOKEN, чтобы открыть его под другим именем.",
  forwarded: "Сайт отвечает только этому компьютеру, а запрос пришёл через прокси. " +
    "Чтобы так его открыть, задайте DASHBOARD_TOKEN.",
  wrongOrigin: "Это прислал другой сайт. Сделайте это со страницы этого сайта.",
  noWriteButtons: "Запускать отсюда можно, только если задан DASHBOARD_TOKEN.",
  unknownDag: (id) => `DAG «${id}» не существует. Выберите его на странице запусков.`,
  noAmo: "Этот DAG читает amoCRM, а у программы нет аккаунта. Задайте AMO_SUBDOMAIN и AMO_TOKEN.",
};

export type SiteWords = typeof en;

/** The words of the site in both languages. */
export const siteWords: Readonly<Record<Language, SiteWords>> = { en, ru };
