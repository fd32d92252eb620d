import { raw } from "hono/html";
import { z } from "zod";
import { readState } from "./address.ts";
import { createDataFlow, type DataFlow } from "./data_flow.ts";
import { siteFormat } from "./frame/view.ts";
import { createInTurn } from "./in_turn.ts";
import { createLastGood, type GoodPage } from "./last_good.ts";
import { describeRole, noticesOf, readNotices } from "./notices.ts";
import type { FilterChoices } from "./page/frame_props.ts";
import type { Notice } from "./page/notice.ts";
import {
  type Language,
  type Markup,
  type Page,
  PageError,
  type PageRequest,
  type PageState,
  type SiteSettings,
} from "./page/page.ts";
import { readBuild } from "./pages/build.ts";
import { type Reading, readPage, readProblemOf } from "./reading.ts";
import type { Route } from "./routes.ts";
import { type SiteClock, toSiteClock } from "./site_clock.ts";
import type { SiteOptions } from "./site_options.ts";
import { type SiteWords, siteWords } from "./words/site_words.ts";
import { querySqlFile } from "../warehouse/sql_file.ts";

/** A page as it can be shown: the present one, or the last good one and why it is that. */
export interface PageAnswer {
  readonly page: GoodPage;
  readonly lastGood: string | null;
}

/** The warehouse cannot be read, and no good page of this address is left; the message is shown. */
export class UnreadableError extends Error {
  override readonly name = "UnreadableError";
}

/** Answers for one address. Throws `PageError`, `UnreadableError`, and what a page with a fault throws. */
export interface PageAnswers {
  answer(route: Route, query: URLSearchParams, language: Language): Promise<PageAnswer>;
  /** Resolves when no page is being read any more: the warehouse must not be closed before. */
  idle(): Promise<void>;
}

const STATEMENT_TIMEOUT_MS = 8_000;
const PAGE_TIMEOUT_MS = 10_000;
const MOST_WAITING = 40;
const KEPT = { pages: 100, characters: 20_000_000 };

/** Makes pages out of the warehouse, and remembers the last good one of each address. */
export function createPageAnswers(options: SiteOptions, settings: SiteSettings): PageAnswers {
  const { statementTimeoutMs = STATEMENT_TIMEOUT_MS, pageTimeoutMs = PAGE_TIMEOUT_MS } = options;
  const lastGood = createLastGood(KEPT);
  const flow = createDataFlow(options.dags);
  const inTurn = createInTurn<GoodPage>({ timeoutMs: pageTimeoutMs, waiting: MOST_WAITING });
  const answer: PageAnswers["answer"] = async (route, query, language) => {
    const key = keyOf(route, query, language);
    try {
      const page = await inTurn.ask(key, async () => {
        const made = await readPage(
          options.warehouse,
          route.page.reads,
          statementTimeoutMs,
          (reading) => makePage(reading, route, query, language, options, settings, flow),
        );
        lastGood.put(key, made, sizeOf(made));
        return made;
      });
      return { page, lastGood: null };
    } catch (error) {
      const problem = readProblemOf(error);
      if (error instanceof PageError || problem === null) throw error;
      const words = siteWords[language];
      const text = {
        away: words.away,
        too_slow: words.tooSlow(statementTimeoutMs / 1000),
        behind: words.behind,
        no_right: words.noRight("PG_USER"),
        busy: words.busy,
      }[problem];
      const page = lastGood.get(key);
      if (page === null) throw new UnreadableError(text, { cause: error });
      const moment = siteFormat({ language, settings }).moment(page.readAt.toString());
      return { page, lastGood: words.lastGood(moment, text) };
    }
  };
  return { answer, idle: inTurn.idle };
}

function keyOf(
  { path, page, format, csvTable = "" }: Route,
  query: URLSearchParams,
  language: Language,
): string {
  const sorted = new URLSearchParams(query);
  sorted.delete("lang");
  sorted.sort();
  const kind = page.showsPart ? `${format} ${csvTable}` : "any";
  return `${language} ${kind} ${path}?${sorted}`;
}

/** Roughly, in characters: the markup, and a few for each cell. */
function sizeOf({ content: { body, tables } }: GoodPage): number {
  const cells = tables.reduce((sum, { columns, rows }) => sum + columns.length * rows.length, 0);
  return String(body).length + 20 * cells;
}

/** What a page is not told by the warehouse. */
export interface MakePageOptions {
  /** The time of the page, where it is not that of the warehouse. */
  readonly clock?: SiteClock;
  /** Which notices are shown; all by default. */
  readonly shows?: (notice: Notice) => boolean;
}

/** Reads what a page shows, and renders it. Throws `PageError`, and what a page with a fault throws. */
export async function makePage(
  reading: Reading,
  { page, params, path, format, csvTable = "" }: Route,
  query: URLSearchParams,
  language: Language,
  { counting, freshnessHours }: Pick<SiteOptions, "counting" | "freshnessHours">,
  settings: SiteSettings,
  flow: DataFlow,
  { clock, shows = () => true }: MakePageOptions = {},
): Promise<GoodPage> {
  const { tx } = reading;
  const ask: PageRequest["ask"] = async (sqlFile, values) =>
    await querySqlFile(tx, sqlFile, values);
  const build = await readBuild(ask, null);
  const { now, today, builtFor, notice, horizonDays } = clock ??
    toSiteClock(reading, build, settings, language);
  const state = readState(page, query, {
    ...{ today, builtFor, language },
    horizonDays: horizonDays ?? counting.maxHorizonDays,
  });
  await refuseUnknownFilters(reading, state, siteWords[language]);
  const given = { language, timeZone: settings.timeZone, freshnessHours, counting, build };
  let all: Promise<readonly Notice[]> | null = null;
  const readWarnings = async () => {
    const warnings = (await readNotices(tx, given, flow)).filter(shows);
    // Nobody loads a demo again: that it gets old is no news.
    return reading.isDemo ? warnings.filter(({ kind }) => kind !== "source") : warnings;
  };
  const notices = async (sqlFile: string) =>
    await noticesOf(await (all ??= readWarnings()), sqlFile, flow);
  const hasBody = format === "html" || !page.showsPart;
  // One behind the other, without waiting: the server works while this program reads.
  const [content, choices] = await Promise.all([
    page.render({
      path,
      state,
      csvTable: format === "csv" ? csvTable : null,
      params,
      settings,
      now,
      today,
      ask,
      sql: tx,
      notices,
    }),
    readChoices(reading, page),
  ]);
  const ofTables = await Promise.all(content.tables.map(({ sqlFile }) => notices(sqlFile)));
  const ofRole = describeRole(reading, language);
  return {
    // A CSV of all rows has no page to it: it would have all of them as well.
    content: { ...content, body: hasBody ? await renderOnce(content.body) : raw("") },
    state,
    notices: [...[notice, ofRole].filter((one) => one !== null), ...new Set(ofTables.flat())],
    choices,
    readAt: reading.now,
  };
}

/** As text, or it would be rendered for its size and for every frame; it may have to wait for a part of it. */
async function renderOnce(body: Markup): Promise<Markup> {
  return raw(await (await body).toString());
}

const choiceRows = z.array(
  z.object({ id: z.number(), model: z.string(), name: z.string() }),
);

async function readChoices({ tx }: Reading, { filters }: Page): Promise<FilterChoices | null> {
  if (!filters.includes("car") && !filters.includes("model")) return null;
  const cars = choiceRows.parse([
    ...await querySqlFile(tx, "dashboard/list_filter_choices.sql", []),
  ]);
  return {
    cars: cars.map(({ id, name }) => ({ id, name })),
    models: [...new Set(cars.map(({ model }) => model))],
  };
}

const filterRows = z.tuple([z.object({ has_car: z.boolean(), has_model: z.boolean() })]);

async function refuseUnknownFilters(
  { tx }: Reading,
  { car, model }: PageState,
  words: SiteWords,
): Promise<void> {
  if (car === null && model === null) return;
  const rows = await querySqlFile(tx, "dashboard/find_filters.sql", [car, model]);
  const [{ has_car: hasCar, has_model: hasModel }] = filterRows.parse([...rows]);
  if (car !== null && !hasCar) {
    throw new PageError(404, words.unknownCar(car), words.noSuch.car);
  }
  if (model !== null && !hasModel) {
    throw new PageError(404, words.unknownModel(model), words.noSuch.model);
  }
}
