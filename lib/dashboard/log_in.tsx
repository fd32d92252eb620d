import { raw } from "hono/html";
import type { Language, Markup } from "./page/page.ts";
import { siteWords } from "./words/site_words.ts";

interface LogInProps {
  readonly language: Language;
  /** The path and query to go to afterwards. */
  readonly next: string;
  readonly problem: string | null;
  /** The browser is to ask for the same address once more by itself. */
  readonly asksAgain?: boolean;
}

/** The only page that is served without a session: it links no file, since files need one. */
export function LogInPage({ language, next, problem, asksAgain = false }: LogInProps): Markup {
  const words = siteWords[language];
  return (
    <>
      {raw("<!doctype html>")}
      <html lang={language}>
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <meta name="color-scheme" content="light dark" />
          {asksAgain ? <meta http-equiv="refresh" content="0" /> : null}
          <title>{words.site}</title>
        </head>
        <body>
          <main>
            <h1>{words.site}</h1>
            {problem === null ? null : <p role="alert">{problem}</p>}
            <form method="post" action="/login">
              <input type="hidden" name="next" value={next} />
              <p>
                <label for="token">{words.token}</label>{" "}
                <input
                  id="token"
                  name="token"
                  type="password"
                  autocomplete="current-password"
                  required
                  aria-describedby="hint"
                />{" "}
                <button type="submit">{words.logIn}</button>
              </p>
              <p id="hint">{words.tokenHint}</p>
            </form>
          </main>
        </body>
      </html>
    </>
  );
}
