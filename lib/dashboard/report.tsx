import { raw } from "hono/html";
import { createDataFlow, type DataFlow } from "./data_flow.ts";
import { Document } from "./frame/document.tsx";
import { NoticeList } from "./frame/notice_box.tsx";
import { siteFormat } from "./frame/view.ts";
import type { GoodPage } from "./last_good.ts";
import { REPORT_STYLE } from "./look/look.ts";
import type { Markup, Page, SiteSettings } from "./page/page.ts";
import { makePage } from "./page_answer.ts";
import { readPage } from "./reading.ts";
import { toPart } from "./self_contained.ts";
import type { SiteOptions } from "./site_options.ts";
import { reportWords } from "./words/report_words.ts";
import { wordsOf } from "./words/words.ts";

/** What a report is made of. */
export interface ReportOptions
  extends Pick<SiteOptions, "warehouse" | "pages" | "dags" | "counting" | "freshnessHours"> {
  readonly settings: SiteSettings;
  readonly language: "en" | "ru";
  readonly month: Temporal.PlainYearMonth;
  /** The state at the end of this day. */
  readonly asOf: Temporal.PlainDate;
}

/** Each page asks for states of a whole month, which may take long on a large warehouse. */
const STATEMENT_TIMEOUT_MS = 120_000;

interface Part {
  readonly page: Page;
  /** In ids: "fleet". */
  readonly name: string;
  readonly made: GoodPage;
}

/**
 * Makes one HTML file of pages of the site, to be mailed: no script, no other file. The same month with the same
 * `asOf` from the same warehouse is the same text.
 */
export async function makeReport(options: ReportOptions): Promise<string> {
  const parts: Part[] = [];
  const flow = createDataFlow(options.dags);
  for (const page of options.pages) {
    parts.push({ page, name: page.path.slice(1), made: await makePart(page, options, flow) });
  }
  return String(await <Report options={options} parts={parts} />);
}

async function makePart(page: Page, options: ReportOptions, flow: DataFlow): Promise<GoodPage> {
  const { warehouse, month, asOf, settings, language } = options;
  const { timeZone } = settings;
  const query = new URLSearchParams({
    from: month.toString(),
    to: month.toString(),
    as_of: asOf.toString(),
  });
  return await readPage(
    warehouse,
    page.reads,
    STATEMENT_TIMEOUT_MS,
    (reading) =>
      makePage(
        reading,
        { page, path: page.path, params: {}, format: "html" },
        query,
        language,
        options,
        settings,
        flow,
        {
          // Not the time of making: the same report is the same text on every day.
          clock: {
            now: asOf.toZonedDateTime({ timeZone, plainTime: "23:59:59" }).toInstant(),
            today: asOf,
            builtFor: asOf,
            horizonDays: null,
            notice: null,
          },
          shows: ({ kind }) => kind === "check" || kind === "setting",
        },
      ),
  );
}

interface ReportProps {
  readonly options: ReportOptions;
  readonly parts: readonly Part[];
}

function Report({ options, parts }: ReportProps): Markup {
  const { language, settings, month } = options;
  const words = reportWords[language];
  const title = words.title(siteFormat(options).month(month.toPlainDate({ day: 1 }).toString()));
  return (
    <Document
      language={language}
      title={`${title} – ${wordsOf(language).frame.product}`}
      head={<style>{raw(REPORT_STYLE)}</style>}
      kind="report"
    >
      <header class="report-head">
        <h1>{title}</h1>
        <ul>
          <li>{words.asOf(siteFormat(options).date(options.asOf.toString()))}</li>
          <Progress options={options} />
          <li>{words.zone(settings.timeZone)}</li>
          <li>{words.money(settings.currency)}</li>
        </ul>
        <nav class="report-contents" aria-label={words.contents}>
          <ul>
            {parts.map(({ name, made }) => (
              <li>
                <a href={`#${name}`}>{made.content.title}</a>
              </li>
            ))}
          </ul>
        </nav>
      </header>
      <main>
        {parts.map((part) => <ReportPage options={options} part={part} />)}
      </main>
    </Document>
  );
}

function ReportPage(
  { options, part }: { readonly options: ReportOptions; readonly part: Part },
): Markup {
  const { page, name, made } = part;
  const isOfThatDay = page.filters.includes("as_of");
  return (
    <section class="report-page" id={name} aria-labelledby={`${name}-title`}>
      <h2 id={`${name}-title`}>{made.content.title}</h2>
      {isOfThatDay ? "" : <p>{reportWords[options.language].showsPresent}</p>}
      <NoticeList language={options.language} notices={made.notices} />
      {raw(toPart(String(made.content.body), name))}
    </section>
  );
}

/** Where the month was not over. */
function Progress({ options }: { readonly options: ReportOptions }): Markup | string {
  const { language, month, asOf } = options;
  const last = month.toPlainDate({ day: month.daysInMonth });
  if (Temporal.PlainDate.compare(last, asOf) <= 0) return "";
  return <li>{reportWords[language].unfinished(asOf.day)}</li>;
}
