import { getLogger } from "@logtape/logtape";
import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { KEEP_FOREVER } from "./access/headers.ts";
import { createSessions } from "./access/sessions.ts";
import { toLanguage } from "./address.ts";
import { ASSETS, findAsset } from "./assets.ts";
import { attachment, csvFileName, formatCsv } from "./csv.ts";
import { Frame } from "./frame/frame.tsx";
import { addressOf } from "./frame/links.ts";
import { guard, languageOf, type SiteContext } from "./guard.ts";
import { addLogIn } from "./log_in_routes.ts";
import type { FrameProps } from "./page/frame_props.ts";
import { type DataTable, type Markup, PageError, type SiteSettings } from "./page/page.ts";
import { createPageAnswers, type PageAnswer, UnreadableError } from "./page_answer.ts";
import { findRoute, type Route } from "./routes.ts";
import { addRunActions } from "./run_routes.ts";
import type { SiteOptions, Visitor } from "./site_options.ts";
import { type SiteWords, siteWords } from "./words/site_words.ts";
import { errorText } from "../log/error_text.ts";
import { asTyped } from "../log/typed_commands.ts";

const log = getLogger(["dashboard"]);

/** Of what forms send: a token, or two dates. */
const MOST_POSTED = 10_000;

/** The site as a server of requests. */
export interface Site {
  /** Answers a request; `Visitor` says who asks. */
  readonly fetch: (request: Request, visitor: Visitor) => Response | Promise<Response>;
  /** Resolves when no page is being read any more: the warehouse must not be closed before. */
  readonly idle: () => Promise<void>;
}

/** Composes the site: who may see it, its pages and their CSV, and what it says when something is wrong. */
export function createSite(options: SiteOptions): Site {
  const { token, actions, language: setting } = options;
  const settings: SiteSettings = {
    ...options.settings,
    hasWriteButtons: token !== null && actions !== null,
  };
  const sessions = token === null ? null : createSessions(token);
  const answers = createPageAnswers(options, settings);
  const app = new Hono<{ Bindings: Visitor }>();
  app.use(guard(sessions, setting));
  app.use(bodyLimit({
    maxSize: MOST_POSTED,
    onError: (context) => context.text(`${siteWords[setting ?? "en"].tooLarge}\n`, 413),
  }));
  if (sessions) addLogIn(app, sessions, setting);
  addRunActions(app, settings.hasWriteButtons ? actions : null, setting, settings.timeZone);
  app.get("/assets/*", answerAsset);

  const frame = (context: SiteContext): FrameProps => ({
    ...EMPTY_FRAME,
    language: languageOf(context, setting),
    path: context.req.path,
    address: languageAddress(context),
    pages: options.pages,
    settings,
    assets: ASSETS,
    hasSession: sessions !== null,
  });
  app.get("*", async (context) => {
    const url = new URL(context.req.url);
    const route = findRoute(options.pages, url.pathname);
    if (!route) return context.notFound();
    const language = languageOf(context, setting);
    if (route.format !== "csv") {
      const answer = await answers.answer(route, url.searchParams, language);
      return await answerPage(context, <Frame {...frame(context)} {...framed(route, answer)} />);
    }
    const tableName = url.searchParams.get("table");
    url.searchParams.delete("table");
    const asked = { ...route, csvTable: tableName ?? "" };
    const answer = await answers.answer(asked, url.searchParams, language);
    const table = chooseTable(answer, tableName, siteWords[language]);
    return answerCsv(context, answer, table, settings);
  });
  app.notFound((context) => {
    const words = siteWords[languageOf(context, setting)];
    return answerProblem(
      context,
      frame(context),
      404,
      words.notFound,
      words.notFoundText(context.req.path),
    );
  });
  app.onError((error, context) => answerError(error, context, frame(context)));
  return { fetch: (request, visitor) => app.fetch(request, visitor), idle: answers.idle };
}

/** A file of the site's own look; its address has its content's hash, so that it never changes. */
function answerAsset(context: SiteContext): Response | Promise<Response> {
  const file = findAsset(context.req.path);
  if (!file) return context.notFound();
  context.header("cache-control", KEEP_FOREVER);
  return context.body(file.body, 200, { "content-type": file.type });
}

/** A page that shows nothing yet, of nobody. */
const EMPTY_FRAME = {
  title: "",
  page: null,
  address: {},
  state: null,
  choices: null,
  dataAt: null,
  lastGood: null,
  notices: [],
  tables: [],
  body: <p></p>,
};

/** What the links of a page that says what is wrong repeat of its address: the language alone is sure to make sense. */
function languageAddress({ req }: SiteContext): FrameProps["address"] {
  const { searchParams } = new URL(req.url);
  const lang = toLanguage(searchParams.get("lang"));
  return lang === null ? {} : { lang };
}

function framed(
  { page, path }: Route,
  { page: { content, state, notices, choices, readAt }, lastGood }: PageAnswer,
): Partial<FrameProps> {
  const { title, body, tables } = content;
  return {
    title,
    path,
    page,
    address: state.address,
    state,
    dataAt: readAt,
    lastGood,
    notices,
    choices,
    tables,
    body,
  };
}

function chooseTable(
  { page: { content: { tables } } }: PageAnswer,
  name: string | null,
  words: SiteWords,
): DataTable {
  const [first] = tables;
  if (!first) throw new PageError(404, words.noTable);
  const table = name === null || name === "" ? first : tables.find((one) => one.name === name);
  if (table) return table;
  const known = tables.map((one) => one.name).join(", ");
  throw new PageError(404, words.unknownTable(name ?? "", known), words.noSuch.table);
}

function answerCsv(
  context: SiteContext,
  { page: { state, readAt } }: PageAnswer,
  table: DataTable,
  settings: SiteSettings,
): Response {
  const text = formatCsv(table, settings);
  const name = csvFileName(table, state, readAt.toZonedDateTimeISO(settings.timeZone));
  return context.body(text, 200, {
    "content-type": "text/csv; charset=utf-8; header=present",
    "content-disposition": attachment(name),
  });
}

async function answerError(
  error: Error,
  context: SiteContext,
  frame: FrameProps,
): Promise<Response> {
  const words = siteWords[frame.language];
  if (error instanceof PageError) {
    const title = error.title ?? (error.status === 404 ? words.notFound : words.badRequest);
    return await answerProblem(context, frame, error.status, title, error.message);
  }
  if (error instanceof UnreadableError) {
    context.header("retry-after", "10");
    return await answerProblem(context, frame, 503, words.unavailable, error.message);
  }
  const id = crypto.randomUUID().slice(0, 8);
  log.error("{path} failed ({id}): {error}", {
    path: frame.path,
    id,
    error: errorText(error),
    stack: error.stack ?? "",
  });
  return await answerProblem(context, frame, 500, words.fault, words.faultText(id));
}

/** A page that says what is wrong and what to do. */
async function answerProblem(
  context: SiteContext,
  frame: FrameProps,
  status: 400 | 403 | 404 | 500 | 503,
  title: string,
  text: string,
): Promise<Response> {
  const words = siteWords[frame.language];
  const { pathname, search } = new URL(context.req.url);
  const body = (
    <>
      <p class="problem">{text}</p>
      <p>
        {status === 503 ? <a href={pathname + search}>{words.tryAgain}</a> : ""}
        {status === 503 ? " · " : ""}
        <a href={addressOf(frame.path, frame.address, "/")}>{words.toFirstPage}</a>
      </p>
    </>
  );
  return await answerPage(context, <Frame {...frame} title={title} body={body} />, status);
}

/** Answers with a page whose commands are those of this program, compiled or not. */
async function answerPage(
  context: SiteContext,
  page: Markup,
  status: 200 | 400 | 403 | 404 | 500 | 503 = 200,
): Promise<Response> {
  return await context.html(asTyped(await (await page).toString()), status);
}
