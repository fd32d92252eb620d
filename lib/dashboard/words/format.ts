import type { Cell, ColumnKind, Language } from "../page/page.ts";
import { durationText } from "./duration.ts";
import { frameWords } from "./frame_words.ts";
import { exactNumber, type Numeric } from "./numeric.ts";
import { pluralOf } from "./plural.ts";

/** What the texts of numbers and times depend on. */
export interface FormatSettings {
  readonly language: Language;
  /** IANA name: moments are shown in it. */
  readonly timeZone: string;
  /** ISO 4217. */
  readonly currency: string;
}

/**
 * How numbers and times are written in one language. Numbers may be exact decimal texts: no digit is lost before
 * rounding, which is half away from zero. What is no number becomes a dash.
 */
export interface Format {
  readonly settings: FormatSettings;
  /** Of nothing: null, unknown. */
  readonly nothing: string;
  /** Any cell of a table. */
  readonly cell: (kind: ColumnKind, value: Cell) => string;
  /** The same with its unit in words where the text of the kind has none ("12 days"). */
  readonly withUnit: (kind: ColumnKind, value: Cell) => string;
  /** Short, for the ticks of an axis: "12K", "40%". */
  readonly tick: (kind: ColumnKind, value: number) => string;
  /** "3 May 2026" of an ISO date. */
  readonly date: (isoDate: string) => string;
  /** "3 May". */
  readonly dayAndMonth: (isoDate: string) => string;
  /** "Sun". */
  readonly weekday: (isoDate: string) => string;
  /** "May 2026" of any ISO date of the month. */
  readonly month: (isoDate: string) => string;
  /** "May". */
  readonly monthName: (isoDate: string) => string;
  /** "3 May 2026, 14:05" in the time zone, of an ISO instant. */
  readonly moment: (isoInstant: string) => string;
  /** The same of a planned start or end; "3 May 2026" at midnight, which is a date without a time. */
  readonly planned: (isoInstant: string) => string;
  readonly ratio: (value: Numeric) => string;
  readonly count: (value: Numeric) => string;
  readonly money: (value: Numeric) => string;
}

// English dates and weeks are those of most of the world: day before month, Monday first.
const LOCALES: Readonly<Record<Language, string>> = { en: "en-GB", ru: "ru" };

const DAY_FORMS = {
  en: { one: "day", other: "days" },
  ru: { one: "день", few: "дня", many: "дней", other: "дня" },
};

const cache = new Map<string, Format>();

/** The formats of one language, zone and currency; made once, because `Intl` takes its time. */
export function createFormat(settings: FormatSettings): Format {
  const { language, timeZone, currency } = settings;
  const key = `${language} ${timeZone} ${currency}`;
  const known = cache.get(key);
  if (known) return known;
  const format = makeFormat({ language, timeZone, currency });
  cache.set(key, format);
  return format;
}

function makeFormat(settings: FormatSettings): Format {
  const { language } = settings;
  const nothing = frameWords[language].nothing;
  const numbers = numberFormats(settings);
  const dates = dateFormats(settings);
  const kinds: Readonly<Record<ColumnKind, (value: string | number) => string>> = {
    text: String,
    id: String,
    count: numbers.count,
    decimal: numbers.decimal,
    money: numbers.money,
    ratio: numbers.ratio,
    days: numbers.decimal,
    seconds: (value) => durationText(language, Number(value)) ?? nothing,
    flag: String,
    date: (value) => dates.date(String(value)),
    month: (value) => dates.month(String(value)),
    moment: (value) => dates.moment(String(value)),
    planned: (value) => dates.planned(String(value)),
  };
  const cell = (kind: ColumnKind, value: Cell): string => {
    if (value === null || value === "") return nothing;
    if (typeof value === "boolean") return frameWords[language][value ? "yes" : "no"];
    return kinds[kind](value);
  };
  const withUnit = (kind: ColumnKind, value: Cell): string => {
    const text = cell(kind, value);
    if (kind !== "days" || text === nothing) return text;
    return `${text} ${pluralOf(language, Math.abs(Number(value)), DAY_FORMS[language])}`;
  };
  return { settings, nothing, cell, withUnit, ...numbers, ...dates };
}

function numberFormats({ language, currency }: FormatSettings) {
  const locale = LOCALES[language];
  const nothing = frameWords[language].nothing;
  const by = (options: Intl.NumberFormatOptions) => {
    const format = new Intl.NumberFormat(locale, options);
    return remember((value: Numeric): string => {
      const exact = exactNumber(value);
      if (exact === null) return nothing;
      // -0 and 0 are remembered as one, and read as one.
      return format.format(exact === 0 ? 0 : exact);
    });
  };
  const short = { notation: "compact", maximumSignificantDigits: 3 } as const;
  const plainTick = by(short);
  const moneyTick = by({ ...short, style: "currency", currency, currencyDisplay: "narrowSymbol" });
  const ratioTick = by({ style: "percent", maximumSignificantDigits: 3 });
  return {
    count: by({ maximumFractionDigits: 0 }),
    decimal: by({ maximumFractionDigits: 2 }),
    money: by({ style: "currency", currency, currencyDisplay: "narrowSymbol" }),
    ratio: by({ style: "percent", minimumFractionDigits: 1, maximumFractionDigits: 1 }),
    tick: (kind: ColumnKind, value: number): string => {
      if (kind === "money") return moneyTick(value);
      if (kind === "ratio") return ratioTick(value);
      if (kind === "seconds") return durationText(language, value) ?? nothing;
      return plainTick(value);
    },
  };
}

function dateFormats({ language, timeZone }: FormatSettings) {
  const by = (options: Intl.DateTimeFormatOptions) => {
    const format = new Intl.DateTimeFormat(LOCALES[language], { ...options, timeZone: "UTC" });
    return remember((isoDate: string) =>
      withoutYearSign(format.format(Temporal.PlainDate.from(isoDate.slice(0, 10))))
    );
  };
  const moment = new Intl.DateTimeFormat(LOCALES[language], {
    ...{ year: "numeric", month: "short", day: "numeric", hour: "2-digit", minute: "2-digit" },
    timeZone,
  });
  const date = by({ day: "numeric", month: "short", year: "numeric" });
  const momentText = remember((isoInstant: string) =>
    withoutYearSign(moment.format(Temporal.Instant.from(isoInstant)))
  );
  return {
    date,
    dayAndMonth: by({ day: "numeric", month: "short" }),
    weekday: by({ weekday: "short" }),
    month: by({ month: "long", year: "numeric" }),
    monthName: by({ month: "short" }),
    moment: momentText,
    planned: remember((isoInstant: string) => {
      const local = Temporal.Instant.from(isoInstant).toZonedDateTimeISO(timeZone);
      // Where the clock is put forward at midnight, the day begins later.
      const isDate = local.toPlainTime().equals(MIDNIGHT) ||
        (local.hour < 4 && local.equals(local.startOfDay()));
      return isDate ? date(local.toPlainDate().toString()) : momentText(isoInstant);
    }),
  };
}

/** "24 мая 2026 г." is the year with a sign of its own, whose point would meet that of the sentence. */
function withoutYearSign(text: string): string {
  return text.replace(/\s+г\.(?=,|$)/, "");
}

const MIDNIGHT = new Temporal.PlainTime();

const MOST_REMEMBERED = 5000;

/** Pages say the same few days and counts a thousand times over, and `Intl` takes microseconds for each. */
function remember<T>(make: (value: T) => string): (value: T) => string {
  const made = new Map<T, string>();
  return (value) => {
    const known = made.get(value);
    if (known !== undefined) return known;
    if (made.size >= MOST_REMEMBERED) made.clear();
    const fresh = make(value);
    made.set(value, fresh);
    return fresh;
  };
}
