import assert from "node:assert/strict";
import { readConfig } from "../../../lib/config.ts";
import { startSite } from "../../../pipeline/dashboard/scheduler_site.ts";
import { fakeWorker } from "../../support/runs.ts";
import { withEmbedded } from "../../support/warehouses.ts";

Deno.test("startSite() serves the site beside a scheduler, where DASHBOARD_PORT is set", () =>
  withEmbedded(async (warehouse) => {
    const session = (port: string) => ({
      config: readConfig({ DASHBOARD_PORT: port }, { amo: false }),
      warehouse,
      worker: fakeWorker(),
      report: () => {},
      signal: new AbortController().signal,
      [Symbol.asyncDispose]: () => Promise.resolve(),
    });
    assert.equal(await startSite(session(""), []), null);
    await using site = await startSite(session("0"), []);
    assert.ok(site);
    const answer = await fetch(`${site.url}/nothing`);
    assert.equal(answer.status, 404);
    assert.match(await answer.text(), /There is nothing at \/nothing\./);
  }));
