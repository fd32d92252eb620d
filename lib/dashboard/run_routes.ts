import type { Hono } from "hono";
import { languageOf, type SiteContext } from "./guard.tsx";
import { type Language, PageError } from "./page/page.ts";
import { parseDay } from "./address.ts";
import type { RunActions, Visitor } from "./site_options.ts";
import { type SiteWords, siteWords } from "./words/site_words.ts";

/** Adds what the buttons of the pages of runs post to; without `actions` they say why they do nothing. */
export function addRunActions(
  app: Hono<{ Bindings: Visitor }>,
  actions: RunActions | null,
  setting: Language | null,
): void {
  app.post("/runs/:dag/:date/retry", async (context) => {
    const words = siteWords[languageOf(context, setting)];
    const { dag, date } = readRun(context, actions, words);
    const form = await context.req.parseBody();
    actions?.retry(dag, date, {
      force: form.force === "1",
      downstream: form.downstream === "1",
    });
    return context.redirect(`/runs/${dag}/${date}`, 303);
  });
  app.post("/runs/:dag/:date/backfill", async (context) => {
    const words = siteWords[languageOf(context, setting)];
    const { dag, date } = readRun(context, actions, words);
    const form = await context.req.parseBody();
    const [from, to] = [readDate("from", form.from, words), readDate("to", form.to, words)];
    if (Temporal.PlainDate.compare(from, to) > 0) {
      throw new PageError(400, words.turnedPeriod(`${from}`, `${to}`));
    }
    actions?.backfill(dag, from, to);
    return context.redirect(`/runs/${dag}/${date}`, 303);
  });
}

function readRun({ req }: SiteContext, actions: RunActions | null, words: SiteWords) {
  const { dag = "", date: text = "" } = req.param();
  if (actions === null) throw new PageError(400, words.noWriteButtons);
  const date = readDate("DATE", text, words);
  const reason = actions.refuses(dag);
  if (reason === "unknown_dag") throw new PageError(404, words.unknownDag(dag));
  if (reason === "no_account") throw new PageError(400, words.noAmo);
  return { dag, date };
}

function readDate(name: string, text: unknown, words: SiteWords): Temporal.PlainDate {
  const day = typeof text === "string" ? parseDay(text) : null;
  if (day === null) {
    throw new PageError(400, words.badDay(name, typeof text === "string" ? text : ""));
  }
  return day;
}
