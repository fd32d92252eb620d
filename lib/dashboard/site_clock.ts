import { siteFormat } from "./frame/view.ts";
import type { Notice } from "./page/notice.ts";
import type { Language, SiteSettings } from "./page/page.ts";
import type { Build } from "./pages/build.ts";
import type { Reading } from "./reading.ts";
import { siteWords } from "./words/site_words.ts";

/** The time of a page. */
export interface SiteClock {
  readonly now: Temporal.Instant;
  /** The day of that time in `BUSINESS_TZ`. */
  readonly today: Temporal.PlainDate;
  /** The day that the marts were last built for, where that is earlier: default periods end there. */
  readonly builtFor: Temporal.PlainDate;
  /** How many days after today are built; null where no build says so. */
  readonly horizonDays: number | null;
  /** What a reader must know of it; null where it is the usual time. */
  readonly notice: Notice | null;
}

/** When the demo runs its pipeline: in the evening of each day that it has lived through. */
const EVENING_OF_DEMO = "23:00";

/** The time of the warehouse's clock; in a demo's warehouse that of the last evening which the demo has lived through. */
export function toSiteClock(
  { now, isDemo }: Reading,
  build: Build | null,
  settings: SiteSettings,
  language: Language,
): SiteClock {
  const { timeZone } = settings;
  const today = now.toZonedDateTimeISO(timeZone).toPlainDate();
  if (build === null) return { now, today, builtFor: today, horizonDays: null, notice: null };
  const { logicalDate, horizonDays } = build;
  if (!isDemo) {
    const isBehind = Temporal.PlainDate.compare(logicalDate, today) < 0;
    return { now, today, builtFor: isBehind ? logicalDate : today, horizonDays, notice: null };
  }
  const evening = logicalDate.toZonedDateTime({ timeZone, plainTime: EVENING_OF_DEMO });
  return {
    now: evening.toInstant(),
    today: logicalDate,
    builtFor: logicalDate,
    horizonDays,
    notice: {
      level: "info",
      kind: "demo",
      subject: "demo",
      tables: [],
      text: siteWords[language].demo(siteFormat({ language, settings }).date(`${logicalDate}`)),
    },
  };
}
