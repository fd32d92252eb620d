import type { Notice } from "./notice.ts";
import type { DataTable, Language, Markup, Page, PageState, SiteSettings } from "./page.ts";

/** Addresses of the files that every page links; their names change with their content. */
export interface Assets {
  readonly style: string;
  readonly script: string;
  readonly icon: string;
}

/** What the filters of car and model offer. */
export interface FilterChoices {
  readonly cars: readonly { readonly id: number; readonly name: string }[];
  readonly models: readonly string[];
}

/** What the frame around every page, errors too, is made of. */
export interface FrameProps {
  readonly language: Language;
  readonly title: string;
  /** Of the address, without the query. */
  readonly path: string;
  /** Null for a page that says what is wrong. */
  readonly page: Page | null;
  /** All pages, those that the navigation names in its order. */
  readonly pages: readonly Page[];
  /** The checked parameters of the address, which links repeat. */
  readonly address: Readonly<Record<string, string>>;
  readonly state: PageState | null;
  readonly settings: SiteSettings;
  /** Null where the page has neither filter. */
  readonly choices: FilterChoices | null;
  readonly assets: Assets;
  /** When the data that are shown were read; null where there are none. */
  readonly dataAt: Temporal.Instant | null;
  /** Why this is the last good page and not the present one, as a sentence; null when it is the present one. */
  readonly lastGood: string | null;
  /** What touches any figure of the page. */
  readonly notices: readonly Notice[];
  /** Of which there is a CSV each. */
  readonly tables: readonly DataTable[];
  /** Somebody is logged in, so that he can log out. */
  readonly hasSession: boolean;
  readonly body: Markup;
}
