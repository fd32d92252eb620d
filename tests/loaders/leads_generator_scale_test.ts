import assert from "node:assert/strict";
import { countByStage } from "../../loaders/rentals/stage_counts.ts";
import { withLoaderAccount } from "../support/loader_account.ts";

/** Three times that of amoCRM, so that nobody waits three times as long. */
const LIMIT = 21;
/** Over so many seconds a busy machine, on which requests arrive in bunches, cannot hide the rate at which they left. */
const WINDOW_S = 10;

/** The most requests that arrived within any `WINDOW_S` seconds. */
function busiestWindow(arrivalsMs: readonly number[]): number {
  const counts = arrivalsMs.map((fromMs, i) => {
    const next = arrivalsMs.findIndex((atMs, j) => j > i && atMs >= fromMs + WINDOW_S * 1000);
    return (next < 0 ? arrivalsMs.length : next) - i;
  });
  return Math.max(...counts);
}

Deno.test("leads_generator keeps 5,000 leads within the rate limit, and shows how far it is", async () => {
  await withLoaderAccount(async (account) => {
    const { code, stdout, stderr } = await account.run("leads_generator", [
      ...["--yes", "--count", "5000"],
    ], { AMO_RPS: String(LIMIT) });

    assert.equal(code, 0, stderr);
    const requests = account.sandbox.requests.list();
    assert.ok(busiestWindow(requests.map(({ atMs }) => atMs)) <= WINDOW_S * LIMIT);
    // None on a quiet machine. A busy one may hold back a request until the next one has caught up with it.
    const refused = requests.filter(({ status }) => status === 429).length;
    assert.ok(refused <= requests.length / 100, `${refused} of ${requests.length} refused`);
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
