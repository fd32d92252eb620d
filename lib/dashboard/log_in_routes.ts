import type { Hono } from "hono";
import { deleteCookie, setCookie } from "hono/cookie";
import { createLoginLimit } from "./access/login_limit.ts";
import { SESSION_LIFETIME_S, type Sessions } from "./access/sessions.ts";
import { COOKIE, languageOf, LOG_IN, sessionOf, type SiteContext } from "./guard.ts";
import { answerLogIn } from "./log_in.tsx";
import type { Language } from "./page/page.ts";
import type { Visitor } from "./site_options.ts";
import { siteWords } from "./words/site_words.ts";

const LIMIT = { tries: 5, windowMs: 5 * 60_000 };

/** Adds logging in and out to a site with a token. */
export function addLogIn(
  app: Hono<{ Bindings: Visitor }>,
  sessions: Sessions,
  setting: Language | null,
): void {
  const limit = createLoginLimit(LIMIT);
  app.get(LOG_IN, (context) => {
    if (sessions.isOpen(sessionOf(context))) return context.redirect("/", 303);
    const language = languageOf(context, setting);
    return answerLogIn(context, { language, next: "/", problem: null });
  });
  app.post(LOG_IN, async (context) => {
    const language = languageOf(context, setting);
    const words = siteWords[language];
    const { token, next } = await readForm(context);
    const answer = (problem: string, status: 401 | 429) =>
      answerLogIn(context, { language, next, problem }, status);
    const { client } = context.env;
    const waitS = limit.waitS(client);
    if (waitS > 0) {
      context.header("retry-after", String(waitS));
      return answer(words.tooManyLogins(waitS), 429);
    }
    if (!sessions.isToken(token)) {
      limit.fail(client);
      return answer(words.wrongToken, 401);
    }
    sessions.end(sessionOf(context));
    setCookie(context, COOKIE, sessions.begin(), {
      ...cookieOf(context),
      maxAge: SESSION_LIFETIME_S,
    });
    return context.redirect(next, 303);
  });
  app.post("/logout", (context) => {
    sessions.end(sessionOf(context));
    deleteCookie(context, COOKIE, cookieOf(context));
    return context.redirect(LOG_IN, 303);
  });
}

/** `Secure` where the browser speaks https, to this program or to a proxy before it. */
function cookieOf({ req }: SiteContext) {
  const isSecure = new URL(req.url).protocol === "https:" ||
    req.header("x-forwarded-proto") === "https";
  return { path: "/", httpOnly: true, sameSite: "Strict", secure: isSecure } as const;
}

async function readForm(
  { req }: SiteContext,
): Promise<{ readonly token: string; readonly next: string }> {
  const { token, next } = await req.parseBody();
  return {
    token: typeof token === "string" ? token : "",
    next: typeof next === "string" && isOwnPath(next) ? next : "/",
  };
}

/** A path of this site, and nothing that a browser reads as the address of another one. */
function isOwnPath(next: string): boolean {
  return /^\/(?![/\\])[\x21-\x7e]*$/.test(next) && !next.includes("\\");
}
