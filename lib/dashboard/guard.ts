import type { Context, MiddlewareHandler } from "hono";
import { getCookie } from "hono/cookie";
import { SAFETY_HEADERS } from "./access/headers.ts";
import { hostOf, isForwarded, isLoopback, isOwnOrigin } from "./access/hosts.ts";
import type { Sessions } from "./access/sessions.ts";
import { chooseLanguage } from "./address.ts";
import { answerLogIn } from "./log_in.tsx";
import type { Language } from "./page/page.ts";
import type { Visitor } from "./site_options.ts";
import { siteWords } from "./words/site_words.ts";

/** What answers of this site work with. */
export type SiteContext = Context<{ Bindings: Visitor }>;

export const COOKIE = "rental_session";

export const LOG_IN = "/login";

/** The language of an answer. */
export function languageOf({ req }: SiteContext, setting: Language | null): Language {
  const query = new URL(req.url).searchParams;
  return chooseLanguage(query, setting, req.header("accept-language") ?? null);
}

/**
 * Lets nobody in who may not be: without a token only this machine, asked for by its own name and not through a
 * proxy; with one only who has logged in. What changes something must come from a page of this site.
 */
export function guard(
  sessions: Sessions | null,
  setting: Language | null,
): MiddlewareHandler<{ Bindings: Visitor }> {
  return async (context, next) => {
    const { req } = context;
    const words = siteWords[languageOf(context, setting)];
    const { headers } = req.raw;
    for (const [name, value] of Object.entries(SAFETY_HEADERS)) context.header(name, value);
    const host = hostOf(headers.get("host"));
    if (sessions === null && (host === null || !isLoopback(host))) {
      return context.text(`${words.wrongHost(headers.get("host") ?? "")}\n`, 403);
    }
    if (sessions === null && isForwarded(headers)) {
      return context.text(`${words.forwarded}\n`, 403);
    }
    if (!["GET", "HEAD", "POST"].includes(req.method)) {
      return context.text(`${words.notAllowed}\n`, 405, { allow: "GET, HEAD, POST" });
    }
    if (req.method === "POST" && !isOwnOrigin(headers)) {
      return context.text(`${words.wrongOrigin}\n`, 403);
    }
    if (sessions !== null && req.path !== LOG_IN && !sessions.isOpen(sessionOf(context))) {
      return await askToLogIn(context, setting);
    }
    await next();
  };
}

/** The id of the session that a request brings; null where it brings none. */
export function sessionOf(context: SiteContext): string | null {
  return getCookie(context, COOKIE) ?? null;
}

async function askToLogIn(context: SiteContext, setting: Language | null): Promise<Response> {
  const { req } = context;
  const { pathname, search } = new URL(req.url);
  const language = languageOf(context, setting);
  const isPage = req.method !== "POST" && !pathname.startsWith("/assets/");
  return await answerLogIn(context, {
    language,
    next: isPage ? pathname + search : "/",
    problem: null,
    // A link on another site brings no cookie (SameSite=Strict), though there may be one: ask again as this site.
    asksAgain: isPage && req.header("sec-fetch-site") === "cross-site",
  }, 401);
}
