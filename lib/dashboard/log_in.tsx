import { createHash } from "node:crypto";
import type { Context } from "hono";
import { raw } from "hono/html";
import { SAFETY_HEADERS } from "./access/headers.ts";
import { Document } from "./frame/document.tsx";
import { COLOURS } from "./look/look.ts";
import type { Language, Markup } from "./page/page.ts";
import type { Visitor } from "./site_options.ts";
import { siteWords } from "./words/site_words.ts";

interface LogInProps {
  readonly language: Language;
  /** The path and query to go to afterwards. */
  readonly next: string;
  readonly problem: string | null;
  /** The browser is to ask for the same address once more by itself. */
  readonly asksAgain?: boolean;
}

/** The look of the page, inside it: the files of the site need a session. */
const STYLE = `
${COLOURS}
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1rem; background: var(--ground);
  color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; }
main { width: 100%; max-width: 24rem; padding: 1.75rem; border-radius: 0.6rem; background: var(--surface); }
h1 { margin: 0 0 1rem; font-size: 1.4rem; }
form { display: grid; gap: 0.75rem; }
input, button { width: 100%; padding: 0.6rem 0.75rem; border: 1px solid var(--edge); border-radius: 0.4rem; font: inherit;
  background: var(--surface); color: inherit; }
button { border-color: var(--main); background: var(--main); color: var(--on-fill); font-weight: 600; cursor: pointer; }
:focus-visible { outline: 3px solid var(--main); outline-offset: 2px; }
[role="alert"] { color: var(--bad); }
#hint { margin: 0; color: var(--soft); font-size: 0.9rem; }
`;

const POLICY = "content-security-policy";

/** The policy of the site, and this one style by what is in it. */
const POLICY_WITH_STYLE = (SAFETY_HEADERS[POLICY] ?? "").replace(
  "style-src 'self'",
  `style-src 'sha256-${createHash("sha256").update(STYLE).digest("base64")}'`,
);

/** Answers with the page to log in on, the only one that is served without a session. */
export async function answerLogIn(
  context: Context<{ Bindings: Visitor }>,
  props: LogInProps,
  status: 200 | 401 | 429 = 200,
): Promise<Response> {
  context.header(POLICY, POLICY_WITH_STYLE);
  return await context.html(<LogInPage {...props} />, status);
}

function LogInPage({ language, next, problem, asksAgain = false }: LogInProps): Markup {
  const words = siteWords[language];
  return (
    <Document
      language={language}
      title={`${words.logIn} – ${words.site}`}
      head={
        <>
          {asksAgain ? <meta http-equiv="refresh" content="0" /> : null}
          <style>{raw(STYLE)}</style>
        </>
      }
    >
      <main>
        <h1>{words.site}</h1>
        {problem === null ? null : <p role="alert">{problem}</p>}
        <form method="post" action="/login">
          <input type="hidden" name="next" value={next} />
          <label for="token">{words.token}</label>
          <input
            id="token"
            name="token"
            type="password"
            autocomplete="current-password"
            required
            aria-describedby="hint"
          />
          <button type="submit">{words.logIn}</button>
          <p id="hint">{words.tokenHint}</p>
        </form>
      </main>
    </Document>
  );
}
