import type { FrameProps } from "../page/frame_props.ts";
import { type Filter, LANGUAGES, type Markup, type Page, type PageState } from "../page/page.ts";
import { NAVIGATION } from "../words/frame_words.ts";
import { wordsOf } from "../words/words.ts";
import { Document } from "./document.tsx";
import { Filters } from "./filters.tsx";
import { addressOf } from "./links.ts";
import { NoticeBox, NoticeList } from "./notice_box.tsx";
import { siteFormat } from "./view.ts";

/** The document around every page: navigation, filters, what is wrong with the data, zone, time. */
export function Frame(props: FrameProps): Markup {
  const { language, title, assets, page, state } = props;
  const words = wordsOf(language).frame;
  return (
    <Document
      language={language}
      title={`${title} – ${words.product}`}
      head={
        <>
          <link rel="icon" href={assets.icon} />
          <link rel="stylesheet" href={assets.style} />
          <script src={assets.script} defer></script>
        </>
      }
    >
      <a class="skip" href="#content">{words.skip}</a>
      <Header frame={props} />
      <main id="content" tabindex={-1}>
        <div class="page-head">
          <div>
            <h1>
              <bdi>{title}</bdi>
            </h1>
            <Freshness frame={props} />
          </div>
          {page && state
            ? <Filters frame={props} state={state} filters={commonFiltersOf(page)} />
            : ""}
        </div>
        <Banner frame={props} />
        {props.body}
      </main>
      <Footer frame={props} />
    </Document>
  );
}

function commonFiltersOf({ filters, ownFilters = [] }: Page): readonly Filter[] {
  return filters.filter((filter) => !ownFilters.includes(filter));
}

function Header({ frame }: { readonly frame: FrameProps }): Markup {
  const words = wordsOf(frame.language).frame;
  const shown = NAVIGATION.filter((path) => frame.pages.some((page) => page.path === path));
  return (
    <header class="top">
      <p class="product">
        <a href={linkFrom(frame, "/")}>{words.product}</a>
      </p>
      <nav class="pages" aria-label={words.navigation}>
        <ul>
          {shown.map((path) => (
            <li>
              <a
                href={linkFrom(frame, path)}
                aria-current={isWithin(frame.path, path) ? "page" : undefined}
              >
                {words.pages[path]}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      <nav class="languages" aria-label={words.language}>
        <ul>
          {LANGUAGES.map((language) => (
            <li>
              <a
                href={linkFrom(frame, frame.path, { lang: language })}
                lang={language}
                hreflang={language}
                aria-current={language === frame.language ? "true" : undefined}
              >
                {words.languages[language]}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      {frame.hasSession
        ? (
          <form class="log-out" method="post" action="/logout">
            <button type="submit" class="quiet">{words.logOut}</button>
          </form>
        )
        : ""}
    </header>
  );
}

function linkFrom(
  frame: FrameProps,
  to: string,
  changes: Readonly<Record<string, string | null>> = {},
): string {
  return addressOf(frame.path, frame.address, to, changes);
}

/** Whether an address belongs to a page of the navigation: "/runs/DAG/2026-05-03" to "/runs". */
function isWithin(path: string, navigation: string): boolean {
  return path === navigation || (navigation !== "/" && path.startsWith(`${navigation}/`));
}

/** What a reader must know before he believes the page. */
function Banner({ frame }: { readonly frame: FrameProps }): Markup | string {
  const { language, page, state, lastGood, notices } = frame;
  const asOf = page === null ? null : state?.asOf ?? null;
  if (asOf === null && lastGood === null && notices.length === 0) return "";
  return (
    <aside class="banner" aria-label={wordsOf(language).frame.notices}>
      {lastGood === null ? "" : <NoticeBox language={language} tone="bad" text={lastGood} />}
      {asOf === null ? "" : <AsOfNotice frame={frame} asOf={asOf} />}
      <NoticeList language={language} notices={notices} />
    </aside>
  );
}

function AsOfNotice(
  { frame, asOf }: { readonly frame: FrameProps; readonly asOf: NonNullable<PageState["asOf"]> },
): Markup {
  const words = wordsOf(frame.language).frame;
  const isKnown = frame.page?.filters.includes("as_of") ?? false;
  return (
    <div class="as-of">
      <NoticeBox
        language={frame.language}
        tone="info"
        text={isKnown
          ? words.shownAsOf(siteFormat(frame).date(asOf.toString()))
          : words.showsPresent}
      />
      <a href={linkFrom(frame, frame.path, { as_of: null })}>{words.present}</a>
    </div>
  );
}

/** When the data were read, and in which zone all times of the page are. */
function Freshness({ frame }: { readonly frame: FrameProps }): Markup {
  const { dataAt } = frame;
  const words = wordsOf(frame.language).frame;
  return (
    <p class="freshness">
      {dataAt === null ? "" : (
        <>
          <time datetime={dataAt.toString({ smallestUnit: "second" })}>
            {words.dataOf(siteFormat(frame).moment(dataAt.toString()))}
          </time>
          {" · "}
        </>
      )}
      {words.zone(frame.settings.timeZone)}
    </p>
  );
}

function Footer({ frame }: { readonly frame: FrameProps }): Markup {
  const { dataAt, settings } = frame;
  const words = wordsOf(frame.language).frame;
  return (
    <footer class="foot">
      <ul>
        {dataAt === null
          ? ""
          : <li>{words.madeAt(siteFormat(frame).moment(dataAt.toString()))}</li>}
        <li>{words.zone(settings.timeZone)}</li>
        <li>{words.money(settings.currency)}</li>
        <li>{words.readOnly}</li>
      </ul>
    </footer>
  );
}
