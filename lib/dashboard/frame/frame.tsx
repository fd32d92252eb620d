import { raw } from "hono/html";
import type { FrameProps } from "../page/frame.ts";
import type { Markup } from "../page/page.ts";

/** The document around every page. */
export function Frame(props: FrameProps): Markup {
  const { language, title, assets, pages, notices, tables, body } = props;
  return (
    <>
      {raw("<!doctype html>")}
      <html lang={language}>
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <title>{title}</title>
          <link rel="icon" href={assets.icon} />
          <link rel="stylesheet" href={assets.style} />
          <script src={assets.script} defer></script>
        </head>
        <body>
          <nav>
            {pages.filter(({ path }) => !path.includes(":")).map(({ path }) => (
              <a href={path}>{path}</a>
            ))}
          </nav>
          <main>
            <h1>{title}</h1>
            {props.lastGood === null
              ? null
              : <p role="alert">{props.lastGood} {String(props.dataAt)}</p>}
            {notices.map(({ text }) => <p role="note">{text}</p>)}
            {body}
            {tables.map(({ name, title }) => (
              <p>
                <a href={`${props.path === "/" ? "/today" : props.path}.csv?table=${name}`}>
                  {title}
                </a>
              </p>
            ))}
          </main>
        </body>
      </html>
    </>
  );
}
