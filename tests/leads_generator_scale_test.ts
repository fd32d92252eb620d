import assert from "node:assert/strict";
import { countByStage } from "../lib/rentals/stage_counts.ts";
import { withLoaderAccount } from "./support/loader_account.ts";

const LIMIT = 7;
const SECOND_MS = 1000;

/** The most requests that arrived within any second. */
function busiestSecond(arrivalsMs: readonly number[]): number {
  const counts = arrivalsMs.map((fromMs, i) => {
    const next = arrivalsMs.findIndex((atMs, j) => j > i && atMs >= fromMs + SECOND_MS);
    return (next < 0 ? arrivalsMs.length : next) - i;
  });
  return Math.max(...counts);
}

Deno.test("leads_generator keeps 5,000 leads within the rate limit, and shows how far it is", async () => {
  await withLoaderAccount(async (account) => {
    const { code, stdout, stderr } = await account.run("leads_generator", [
      ...["--yes", "--count", "5000"],
    ]);

    assert.equal(code, 0, stderr);
    const requests = account.sandbox.requests.list();
    assert.deepEqual(requests.filter(({ status }) => status >= 400), []);
    assert.ok(busiestSecond(requests.map(({ atMs }) => atMs)) <= LIMIT);
    const steps = stderr.split("\n").filter((line) => /^leads: [\d,]+ of 5,000$/.test(line));
    assert.equal(steps.length, 10);
    assert.match(
      stdout,
      /^Note: 12 on rent, not 283, because no car can be out twice: the other 271 are returned ones$/m,
    );
    const leads = await account.leads();
    assert.equal(leads.length, 5000);
    assert.ok(leads.every(({ carId, clientId }) => carId !== null && clientId !== null));
    assert.deepEqual(countByStage(leads), {
      inquiry: 708,
      quote: 566,
      deposit: 566,
      confirmed: 943,
      on_rent: 12,
      returned: 1450,
      closed: 0,
      cancelled: 755,
    });
  }, { switches: { requestsPerSecond: LIMIT } });
});
