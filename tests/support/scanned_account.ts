import { serveSandbox } from "../../lib/sandbox/server.ts";
import { createRentalAccount, type RentalAccount } from "./rental_account.ts";

/** A served account with leads, for scans to read; nothing asked so far counts. */
export async function serveLeads(
  start: string | number,
  leadsOf: (account: RentalAccount) => readonly object[],
) {
  // Real time is counted in calls, so that what is touched later has a later second.
  let realMs = 0;
  const sandbox = serveSandbox({
    start,
    switches: { requestsPerSecond: null },
    realMs: () => realMs += 200,
  });
  const account = await createRentalAccount(sandbox.fetch, sandbox.token);
  const ids = await account.create("/leads", "leads", leadsOf(account));
  sandbox.requests.clear();
  return { sandbox, account, ids };
}
