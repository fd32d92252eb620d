import { raw } from "hono/html";
import type { Language, Markup } from "../page/page.ts";

interface DocumentProps {
  readonly language: Language;
  readonly title: string;
  /** What else the head holds. */
  readonly head: Markup;
  /** The class of the body. */
  readonly kind?: string;
  readonly children: Markup | readonly Markup[];
}

/** A whole document: for every size of screen, in the colours that the reader prefers. */
export function Document({ language, title, head, kind, children }: DocumentProps): Markup {
  return (
    <>
      {raw("<!doctype html>")}
      <html lang={language}>
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <meta name="color-scheme" content="light dark" />
          <title>{title}</title>
          {head}
        </head>
        <body class={kind}>{children}</body>
      </html>
    </>
  );
}
