import type { Hono } from "hono";
import { languageOf, type SiteContext } from "./guard.ts";
import { type Language, PageError } from "./page/page.ts";
import { parseSiteDay } from "./page/site_day.ts";
import type { RunActions, Visitor } from "./site_options.ts";
import { type SiteWords, siteWords } from "./words/site_words.ts";

const LONGEST_BACKFILL_DAYS = 366;

/** Adds what the buttons of the pages of runs post to; without `actions` they say why they do nothing. */
export function addRunActions(
  app: Hono<{ Bindings: Visitor }>,
  actions: RunActions | null,
  setting: Language | null,
  timeZone: string,
): void {
  const readRun = (context: SiteContext, words: SiteWords) => {
    const { dag = "", date = "" } = context.req.param();
    if (actions === null) throw new PageError(400, words.noWriteButtons);
    const reason = actions.refuses(dag);
    if (reason === "unknown_dag") {
      throw new PageError(404, words.unknownDag(dag), words.noSuch.dag);
    }
    if (reason === "no_account") throw new PageError(400, words.noAmo);
    return { actions, dag, date: readDate("DATE", date, words, timeZone) };
  };
  app.post("/runs/:dag/:date/retry", async (context) => {
    const words = siteWords[languageOf(context, setting)];
    const { actions, dag, date } = readRun(context, words);
    const form = await context.req.parseBody();
    actions.retry(dag, date, {
      force: form.force === "1",
      downstream: form.downstream === "1",
    });
    return context.redirect(`/runs/${dag}/${date}`, 303);
  });
  app.post("/runs/:dag/:date/backfill", async (context) => {
    const words = siteWords[languageOf(context, setting)];
    const { actions, dag, date } = readRun(context, words);
    const form = await context.req.parseBody();
    const from = readDate("from", form.from, words, timeZone);
    const to = readDate("to", form.to, words, timeZone);
    if (Temporal.PlainDate.compare(from, to) > 0) {
      throw new PageError(400, words.turnedPeriod(`${from}`, `${to}`));
    }
    if (from.until(to).days >= LONGEST_BACKFILL_DAYS) {
      throw new PageError(400, words.longPeriod(LONGEST_BACKFILL_DAYS));
    }
    actions.backfill(dag, from, to);
    return context.redirect(`/runs/${dag}/${date}`, 303);
  });
}

/** A logical date up to today. */
function readDate(
  name: string,
  text: unknown,
  words: SiteWords,
  timeZone: string,
): Temporal.PlainDate {
  const given = typeof text === "string" ? text : "";
  const day = parseSiteDay(given);
  if (day === null) throw new PageError(400, words.badDay(name, given));
  const today = Temporal.Now.plainDateISO(timeZone);
  if (Temporal.PlainDate.compare(day, today) > 0) {
    throw new PageError(400, words.futureDay(name, given, `${today}`));
  }
  return day;
}
