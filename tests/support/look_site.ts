import { readConfig } from "../../lib/config.ts";
import type { Dag } from "../../lib/dag/dag.ts";
import { createPages } from "../../lib/dashboard/pages/pages.ts";
import { type ServedSite, serveSite } from "../../lib/dashboard/serve.ts";
import type { RunActions } from "../../lib/dashboard/site_options.ts";
import type { Warehouse } from "../../lib/warehouse/warehouse.ts";
import { dags } from "../../pipeline/daily.ts";

/** What a test sets beside the usual. */
export interface LookSiteOptions {
  readonly settings?: Readonly<Record<string, string>>;
  readonly logDir?: string | null;
  readonly dags?: readonly Dag[];
  readonly actions?: RunActions;
}

/** Serves all pages from a warehouse on a free port. */
export async function serveLook(
  warehouse: Warehouse,
  { settings = {}, logDir = null, dags: given = dags, actions }: LookSiteOptions = {},
): Promise<ServedSite> {
  const config = readConfig({ UI_LANG: "en", ...settings }, { amo: false });
  return await serveSite({
    config,
    warehouse,
    pages: createPages({
      dags: given,
      silentAfterS: 30,
      logDir,
      freshnessHours: config.freshnessHours,
    }),
    port: 0,
    // Other tests keep the machine busy meanwhile.
    statementTimeoutMs: 60_000,
    pageTimeoutMs: 60_000,
    ...actions ? { actions } : {},
  });
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

/** What the markup says, without tags: blanks as one. */
export function plainText(markup: string): string {
  return markup.replaceAll(/<[^>]*>/g, " ").replaceAll("&quot;", '"').replaceAll("&#39;", "'")
    .replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&")
    .replaceAll(/\s+/g, " ");
}
