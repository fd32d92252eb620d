import type { ISql } from "postgres";
import { z } from "zod";
import { querySqlFile } from "../../../lib/warehouse/sql_file.ts";
import { toMessage } from "./message.ts";

const claimedDrifts = z.array(z.object({
  drift_id: z.coerce.number(),
  source: z.string(),
  kind: z.string(),
  key: z.string(),
  change: z.string(),
  was: z.string().nullable(),
  became: z.string().nullable(),
  advice: z.string(),
}));

/** A change of the account that waits for somebody, held by this process to be told. */
export type ClaimedDrift = z.infer<typeof claimedDrifts>[number];

/**
 * Takes the changes of fields and stages that somebody has to act on and nobody was told of, for `leaseS` seconds by
 * the database's clock, oldest first.
 */
export async function claimDrift(sql: ISql, leaseS: number): Promise<readonly ClaimedDrift[]> {
  const rows = await querySqlFile(sql, "ops/claim_drift.sql", [leaseS]);
  return claimedDrifts.parse([...rows]).sort((a, b) => a.drift_id - b.drift_id);
}

/** Notes that people were told of these changes, or gives them back so that the next heartbeat tells them. */
export async function endDriftClaim(
  sql: ISql,
  drifts: readonly ClaimedDrift[],
  isTold: boolean,
): Promise<void> {
  const ids = JSON.stringify(drifts.map(({ drift_id }) => drift_id));
  await querySqlFile(sql, "ops/end_drift_claim.sql", [ids, Number(isTold)]);
}

/** The message to people: what changed in the account, and the line to change for each. */
export function composeDriftMessage(drifts: readonly ClaimedDrift[]): string {
  const count = drifts.length === 1 ? "1 change waits" : `${drifts.length} changes wait`;
  const lines = drifts.map(({ kind, key, source, change, was, became, advice }) => {
    const what = [was, became].filter((text) => text !== null).join(" is now ");
    return `  The ${kind} ${key} of ${source} ${change}: ${what}: ${advice}`;
  });
  return toMessage([
    `CHANGED IN amoCRM: ${count} for somebody`,
    lines.join("\n"),
    "What now: change the line that each names, or put it back in amoCRM; what still waits is listed by\n" +
    "  deno task check-data source_drift",
  ]);
}
