import type { Child } from "hono/jsx";
import type { Markup } from "../page/page.ts";
import { siteLink } from "./links.ts";
import { formatOf, type View, wordsOfView } from "./view.ts";

/** A part of a page, with an anchor. */
export function Section(
  props: {
    readonly id: string;
    readonly title: string;
    readonly intro?: string;
    /** What its links do: a report and paper have none. */
    readonly guide?: string;
    readonly children: Child;
  },
): Markup {
  return (
    <section class="section" aria-labelledby={props.id}>
      <h2 id={props.id}>{props.title}</h2>
      {props.intro === undefined ? "" : <p class="intro">{props.intro}</p>}
      {props.guide === undefined ? "" : <p class="intro site-only">{props.guide}</p>}
      {props.children}
    </section>
  );
}

/** Charts side by side where there is room. */
export function Grid(props: { readonly children: Child }): Markup {
  return <div class="figures">{props.children}</div>;
}

/** Explains why there is nothing, and what to do about it. */
export function Empty(
  props: {
    readonly title: string;
    readonly text: string;
    readonly link?: { readonly href: string; readonly name: string };
  },
): Markup {
  return (
    <div class="empty">
      <p class="empty-title">{props.title}</p>
      <p>{props.text}</p>
      {props.link === undefined ? "" : (
        <p>
          <a href={props.link.href}>{props.link.name}</a>
        </p>
      )}
    </div>
  );
}

/** A name of snake_case that may be broken after each "_", so that it fits a narrow column. */
export function Breakable({ text }: { readonly text: string }): Markup {
  const parts = text.split(/(?<=[_.])/);
  return (
    <>
      {parts.map((part, i) => (
        <>
          {i > 0 ? <wbr /> : ""}
          {part}
        </>
      ))}
    </>
  );
}

export interface Tab {
  readonly name: string;
  readonly href: string;
  readonly isCurrent: boolean;
}

/** Links to the faces of one page; `label` says what they choose. */
export function Tabs(props: { readonly label: string; readonly tabs: readonly Tab[] }): Markup {
  return (
    <nav class="tabs" aria-label={props.label}>
      <ul>
        {props.tabs.map((tab) => (
          <li>
            <a href={tab.href} aria-current={tab.isCurrent ? "page" : undefined}>{tab.name}</a>
          </li>
        ))}
      </ul>
    </nav>
  );
}

/** Links to the neighbours of one page of a long list; nothing where there is one page. `parameter` is in the address. */
export function Pagination(
  props: {
    readonly view: View;
    /** From 1. */
    readonly page: number;
    readonly pages: number;
    readonly parameter?: string;
    /** The list that it is of, where a page has several. */
    readonly of?: string;
  },
): Markup | string {
  const { view, page, pages } = props;
  if (pages <= 1) return "";
  const words = wordsOfView(view).frame;
  const format = formatOf(view);
  const parameter = props.parameter ?? "page";
  const linkTo = (target: number): string =>
    siteLink(view, view.path, { [parameter]: target === 1 ? null : String(target) });
  return (
    <nav
      class="pagination"
      aria-label={props.of === undefined ? words.pagination : `${words.pagination}: ${props.of}`}
    >
      {page > 1 ? <a rel="prev" href={linkTo(page - 1)}>← {words.previous}</a> : <span></span>}
      <span>{words.pageOf(format.count(page), format.count(pages))}</span>
      {page < pages ? <a rel="next" href={linkTo(page + 1)}>{words.next} →</a> : <span></span>}
    </nav>
  );
}
