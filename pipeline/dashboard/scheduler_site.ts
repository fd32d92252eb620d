import type { Dag } from "../../lib/dag/dag.ts";
import { createPages } from "../../lib/dashboard/pages/pages.ts";
import { type ServedSite, serveSite } from "../../lib/dashboard/serve.ts";
import type { RunActions } from "../../lib/dashboard/site_options.ts";
import { SILENT_AFTER_S } from "../../lib/run_log/claims.ts";
import type { Session } from "../../lib/script/session.ts";
import { openServer } from "../../lib/warehouse/open.ts";
import { createRunActions } from "./run_actions.ts";

/**
 * Serves the site beside a scheduler, on `DASHBOARD_PORT`; null where none is set. On a server its pages have connections
 * of their own; on the embedded warehouse they wait until no task has a transaction open.
 */
export async function startSite(
  { config, warehouse, worker, report }: Session,
  dags: readonly Dag[],
): Promise<ServedSite | null> {
  if (config.dashboardPort === null) return null;
  await using opened = new AsyncDisposableStack();
  const ofPages = config.pg ? opened.use(await openServer(config.pg)) : warehouse;
  let actions: RunActions | null = null;
  if (config.dashboardToken !== null) {
    actions = opened.use(createRunActions({ config, warehouse, worker, report }, dags)).actions;
  }
  const site = opened.use(
    serveSite({
      config,
      warehouse: ofPages,
      dags,
      actions,
      pages: createPages({
        dags,
        // Nobody gives a sign of life on the embedded warehouse, and all that runs there runs here.
        silentAfterS: warehouse.kind === "embedded" ? Infinity : SILENT_AFTER_S,
        logDir: config.logDir,
        freshnessHours: config.freshnessHours,
      }),
    }),
  );
  const all = opened.move();
  return { url: site.url, [Symbol.asyncDispose]: () => all.disposeAsync() };
}
