import type { Page, PageFormat } from "./page/page.ts";

/** What a path asks for. */
export interface Route {
  readonly page: Page;
  /** Parts of the path by their names in the page's route. */
  readonly params: Readonly<Record<string, string>>;
  /** The path of the page itself, without ".csv". */
  readonly path: string;
  readonly format: PageFormat;
  /** Of a CSV the table that is asked for, "" for the first one. */
  readonly csvTable?: string;
}

const CSV = ".csv";

/** "/" has no name to put ".csv" behind. */
const FIRST_PAGE_CSV = "/today.csv";

/** The page at a path; ".csv" behind it asks for its tables. Null where there is none. */
export function findRoute(pages: readonly Page[], path: string): Route | null {
  const isCsv = path.endsWith(CSV);
  const own = path === FIRST_PAGE_CSV ? "/" : isCsv ? path.slice(0, -CSV.length) : path;
  if (isCsv && own === "/" && path !== FIRST_PAGE_CSV) return null;
  for (const page of pages) {
    const params = matchPath(page.path, own);
    if (params) return { page, params, path: own, format: isCsv ? "csv" : "html" };
  }
  return null;
}

function matchPath(pattern: string, path: string): Readonly<Record<string, string>> | null {
  const names = pattern.split("/");
  const parts = path.split("/").map(decode);
  if (names.length !== parts.length) return null;
  const params: Record<string, string> = {};
  for (const [i, name] of names.entries()) {
    const part = parts[i] ?? null;
    if (part === null) return null;
    if (!name.startsWith(":")) {
      if (name !== part) return null;
    } else {
      if (part === "") return null;
      params[name.slice(1)] = part;
    }
  }
  return params;
}

function decode(part: string): string | null {
  try {
    return decodeURIComponent(part);
  } catch (error) {
    if (error instanceof URIError) return null;
    throw error;
  }
}
