import { parse } from "csv-parse/sync";
import assert from "node:assert/strict";
import { readConfig } from "../../lib/config.ts";
import type { Dag } from "../../lib/dag/dag.ts";
import type { Page } from "../../lib/dashboard/page/page.ts";
import { createPages } from "../../lib/dashboard/pages/pages.ts";
import type { ServedSite } from "../../lib/dashboard/serve.ts";
import type { RunActions } from "../../lib/dashboard/site_options.ts";
import type { Warehouse } from "../../lib/warehouse/warehouse.ts";
import { dags } from "../../pipeline/daily.ts";
import { serveTestSite } from "./site.tsx";

/** What a test sets beside the usual. */
export interface LookSiteOptions {
  readonly settings?: Readonly<Record<string, string>>;
  readonly logDir?: string | null;
  readonly dags?: readonly Dag[];
  readonly actions?: RunActions;
}

/** Serves all pages from a warehouse on a free port. */
export function serveLook(
  warehouse: Warehouse,
  { settings = {}, logDir = null, dags: given = dags, actions }: LookSiteOptions = {},
): ServedSite {
  const env = { UI_LANG: "en", ...settings };
  const { freshnessHours } = readConfig(env, { amo: false });
  const pages = createPages({ dags: given, silentAfterS: 30, logDir, freshnessHours });
  return serveTestSite(warehouse, pages, env, actions ? { actions } : {});
}

/** Serves some pages in English, with the settings of `env`, while `test` asks for them. */
export async function withSite(
  warehouse: Warehouse,
  pages: readonly Page[],
  test: (site: ServedSite) => Promise<void>,
  env: Readonly<Record<string, string>> = {},
): Promise<void> {
  await using site = serveTestSite(warehouse, pages, { UI_LANG: "en", ...env });
  await test(site);
}

/** An answer of the site, as text. */
export interface Got {
  readonly status: number;
  readonly text: string;
}

/** Asks for a path. */
export async function get(site: ServedSite, path: string, cookie?: string): Promise<Got> {
  const answer = await fetch(site.url + path, {
    redirect: "manual",
    headers: cookie === undefined ? {} : { cookie },
  });
  return { status: answer.status, text: await answer.text() };
}

/** The rows of a CSV, its header first. */
export async function csvRows(site: ServedSite, path: string): Promise<string[][]> {
  return parse(await getCsv(site, path), { bom: true });
}

/** The rows of a CSV by the names of its columns. */
export async function csvRecords(
  site: ServedSite,
  path: string,
): Promise<Record<string, string>[]> {
  return parse(await getCsv(site, path), { columns: true, bom: true });
}

async function getCsv(site: ServedSite, path: string): Promise<string> {
  const { status, text } = await get(site, path);
  assert.equal(status, 200, `${path}: ${text}`);
  return text;
}

/** What the markup says, without tags: blanks as one. */
export function plainText(markup: string): string {
  return markup.replaceAll(/<[^>]*>/g, " ").replaceAll("&quot;", '"').replaceAll("&#39;", "'")
    .replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&")
    .replaceAll(/\s+/g, " ");
}
