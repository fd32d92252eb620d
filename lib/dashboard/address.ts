import {
  type Filter,
  type Language,
  LANGUAGES,
  type Page,
  PageError,
  type PageState,
  type Period,
} from "./page/page.ts";
import { COMMON_PARAMETERS } from "./page/parameters.ts";
import { parseSiteDay } from "./page/site_day.ts";
import { type SiteWords, siteWords } from "./words/site_words.ts";

/** What the parameters of an address are read against. */
export interface AddressGiven {
  /** In `BUSINESS_TZ`. */
  readonly today: Temporal.PlainDate;
  /** The day that the marts were last built for, where that is earlier: default periods end there. */
  readonly builtFor: Temporal.PlainDate;
  readonly language: Language;
  /** How many days after today are built. */
  readonly horizonDays: number;
}

const LONGEST_PERIOD_DAYS = 3660;

/** The language of an answer: that of the address, else `UI_LANG`, else the first of the browser's that there is. */
export function chooseLanguage(
  query: URLSearchParams,
  setting: Language | null,
  acceptLanguage: string | null,
): Language {
  const asked = toLanguage(query.get("lang"));
  return asked ?? setting ?? preferredLanguage(acceptLanguage ?? "") ?? "en";
}

/** The language that an address names; null when it names none of the site's. */
export function toLanguage(text: string | null): Language | null {
  return LANGUAGES.find((one) => one === text) ?? null;
}

function preferredLanguage(header: string): Language | null {
  const ranked = header.split(",").map((part) => {
    const [name = "", ...parameters] = part.trim().toLowerCase().split(";");
    const quality = parameters.map((one) => /^\s*q=([\d.]+)\s*$/.exec(one)?.[1])
      .find((value) => value !== undefined);
    return { language: toLanguage(name.split("-")[0] ?? null), quality: Number(quality ?? 1) };
  }).filter(({ quality }) => quality > 0).sort((a, b) => b.quality - a.quality);
  return ranked.find(({ language }) => language !== null)?.language ?? null;
}

/**
 * The state of a page by the parameters of its address. An empty parameter, as a form without script sends it, counts as
 * absent; what the page has no filter for is passed over, so that links between pages may carry it.
 *
 * Throws `PageError` for an unknown, repeated or impossible parameter. Whether car and model are there is another
 * question: it needs the warehouse.
 */
export function readState(page: Page, query: URLSearchParams, given: AddressGiven): PageState {
  const words = siteWords[given.language];
  const address = readAddress(page, query, words);
  const has = (filter: Filter, name: string) =>
    page.filters.includes(filter) ? address[name] ?? null : null;
  const car = has("car", "car");
  const asOf = address.as_of === undefined ? null : readAsOf(address.as_of, given);
  // An earlier day is looked at in its own month, not in one of which nothing was known then.
  const lastDay = page.filters.includes("as_of") ? asOf ?? given.builtFor : given.builtFor;
  const usual = page.defaultPeriod(lastDay);
  return {
    period: page.filters.includes("period") ? readPeriod(usual, address, given) : usual,
    car: car === null ? null : readCar(car, words),
    model: has("model", "model"),
    asOf,
    language: given.language,
    own: Object.fromEntries(
      (page.parameters ?? []).flatMap((name) => {
        const value = address[name];
        return value === undefined ? [] : [[name, value]];
      }),
    ),
    address,
  };
}

function readAddress(
  page: Page,
  query: URLSearchParams,
  words: SiteWords,
): Readonly<Record<string, string>> {
  const known = [...COMMON_PARAMETERS, ...page.parameters ?? []];
  const address: Record<string, string> = {};
  for (const [name, value] of query) {
    if (!known.includes(name)) {
      throw new PageError(400, words.unknownParameter(name, known.join(", ")));
    }
    if (query.getAll(name).length > 1) throw new PageError(400, words.repeatedParameter(name));
    if (value.includes("\0")) throw new PageError(400, words.badText(name));
    if (value !== "") address[name] = value;
  }
  const { lang } = address;
  if (lang !== undefined && toLanguage(lang) === null) {
    throw new PageError(400, words.badLanguage(lang));
  }
  return address;
}

function readPeriod(
  usual: Period,
  { from, to }: Readonly<Record<string, string>>,
  { today, language, horizonDays }: AddressGiven,
): Period {
  const words = siteWords[language];
  const first = from === undefined ? usual.from : readDay("from", from, words).first;
  const last = to === undefined ? usual.to : readDay("to", to, words).last;
  if (Temporal.PlainDate.compare(first, last) > 0) {
    throw new PageError(400, words.turnedPeriod(`${first}`, `${last}`));
  }
  if (first.until(last).days >= LONGEST_PERIOD_DAYS) {
    throw new PageError(400, words.longPeriod(LONGEST_PERIOD_DAYS));
  }
  const end = today.add({ days: horizonDays });
  if (Temporal.PlainDate.compare(last, end) > 0) {
    throw new PageError(400, words.farPeriod(`${last}`, `${end}`));
  }
  return { from: first, to: last };
}

/** The first and the last day that a day or a month means. */
function readDay(name: string, text: string, words: SiteWords) {
  const day = parseSiteDay(text);
  if (day !== null) return { first: day, last: day };
  const first = /^\d{4}-\d{2}$/.test(text) ? parseSiteDay(`${text}-01`) : null;
  if (first === null) throw new PageError(400, words.badDate(name, text));
  return { first, last: first.add({ months: 1 }).subtract({ days: 1 }) };
}

function readCar(text: string, words: SiteWords): number {
  const id = Number(text);
  if (/^[1-9]\d*$/.test(text) && Number.isSafeInteger(id)) return id;
  throw new PageError(400, words.badCar(text));
}

function readAsOf(text: string, { today, language }: AddressGiven): Temporal.PlainDate {
  const words = siteWords[language];
  const day = parseSiteDay(text);
  if (day === null) throw new PageError(400, words.badDay("as_of", text));
  if (Temporal.PlainDate.compare(day, today) > 0) {
    throw new PageError(400, words.futureDay("as_of", text, `${today}`));
  }
  return day;
}
