import { COMMON_PARAMETERS, isPageNumber } from "../page/parameters.ts";
import { safeHref } from "../page/safe_href.ts";
import type { View } from "./view.ts";

/** Parameters to set; null takes one out. */
export type Changes = Readonly<Record<string, string | null>>;

const NO_CHANGES: Changes = {};

/**
 * The address of a page of the site with the state of the present one: period, car, model, as_of, language. What only
 * the present page knows is kept on that page alone.
 */
export function siteLink(
  { path, state }: Pick<View, "path" | "state">,
  to: string,
  changes: Changes = NO_CHANGES,
): string {
  return addressOf(path, state.address, to, changes);
}

const keptQueries = new WeakMap<Readonly<Record<string, string>>, string>();

/** What links to other pages keep of an address, found once: a page has thousands of them. */
function keptQuery(address: Readonly<Record<string, string>>): string {
  const known = keptQueries.get(address);
  if (known !== undefined) return known;
  const kept = COMMON_PARAMETERS.filter((name) => (address[name] ?? "") !== "")
    .map((name) => [name, address[name] ?? ""]);
  const query = kept.length === 0 ? "" : `?${new URLSearchParams(kept)}`;
  keptQueries.set(address, query);
  return query;
}

/** What a query and its parameters have in common where nothing of them is written otherwise in an address. */
const PLAIN_QUERY = /^[\w.*=&-]*$/;
const PLAIN_VALUE = /^[\w.*-]*$/;

/** As `URLSearchParams` reads it, which takes ten times as long for the plain texts that most are. */
function readQuery(query: string): Readonly<Record<string, string>> {
  if (!PLAIN_QUERY.test(query)) return Object.fromEntries(new URLSearchParams(query));
  const parameters: Record<string, string> = {};
  for (const part of query.split("&")) {
    if (part === "") continue;
    const end = part.indexOf("=");
    if (end === -1) parameters[part] = "";
    else parameters[part.slice(0, end)] = part.slice(end + 1);
  }
  return parameters;
}

/** As `URLSearchParams` writes them. */
function writeQuery(parameters: ReadonlyMap<string, string>): string {
  let query = "";
  for (const [name, value] of parameters) {
    if (!PLAIN_VALUE.test(name) || !PLAIN_VALUE.test(value)) {
      return new URLSearchParams([...parameters]).toString();
    }
    query += `${query === "" ? "" : "&"}${name}=${value}`;
  }
  return query;
}

/** The same from the parts of an address; a "#…" at the end of `to` stays at the end. */
export function addressOf(
  path: string,
  address: Readonly<Record<string, string>>,
  to: string,
  changes: Changes = NO_CHANGES,
): string {
  const isPlain = changes === NO_CHANGES && !to.includes("?") && !to.includes("#");
  if (isPlain && to !== path && to !== csvPath(path)) return to + keptQuery(address);
  const [target = "", fragment] = to.split("#", 2);
  const [toPath = "", toQuery] = target.split("?", 2);
  const parameters = new Map<string, string>();
  const keep = (names: readonly string[], values: Readonly<Record<string, string | null>>) => {
    for (const name of names) {
      const value = values[name];
      if (value === null || value === "") parameters.delete(name);
      else if (value !== undefined) parameters.set(name, value);
    }
  };
  keep(COMMON_PARAMETERS, address);
  if (toPath === path || toPath === csvPath(path)) keep(Object.keys(address), address);
  const asked = readQuery(toQuery ?? "");
  keep(Object.keys(asked), asked);
  keep(Object.keys(changes), changes);
  const query = writeQuery(parameters);
  return toPath + (query ? `?${query}` : "") + (fragment ? `#${fragment}` : "");
}

/** Where a cell leads: paths of the site get the state, others are let through or not; null is shown as text. */
export function cellLink(view: View, href: string | null): string | null {
  if (href === null) return null;
  const safe = safeHref(href, view.settings.amoUrl);
  return safe?.startsWith("/") ? siteLink(view, safe) : safe;
}

/** The path of a page's tables as CSV. */
export function csvPath(path: string): string {
  return path === "/" ? "/today.csv" : `${path}.csv`;
}

/** The address of one table of the page as CSV, with its filters; of a list in pages all of them. */
export function csvLink(view: Pick<View, "path" | "state">, table: string): string {
  const numbers = Object.keys(view.state.address).filter(isPageNumber);
  return siteLink(view, csvPath(view.path), {
    ...Object.fromEntries(numbers.map((name) => [name, null])),
    table,
  });
}
