import assert from "node:assert/strict";
import type { Warehouse } from "../../lib/warehouse/warehouse.ts";
import { serverAvailable, withEmbedded, withServerDatabase } from "../support/warehouses.ts";
import { createJudge, type Judge } from "./judge.ts";
import { describeFindings, type Verdict } from "./report.ts";
import { liveWorld, type WorldOptions } from "./world.ts";

/** Lives through a world on an empty warehouse, and lays that beside what it must hold. */
export async function liveAndJudge(
  options: WorldOptions,
  kind: "embedded" | "server",
): Promise<Verdict> {
  const onWarehouse = kind === "embedded" ? withEmbedded : withServerDatabase;
  let verdict: Verdict | undefined;
  await onWarehouse(async (warehouse: Warehouse) => {
    let judge: Judge | undefined;
    await liveWorld(options, warehouse, (crm) => judge = createJudge(crm, warehouse));
    if (judge === undefined) throw new Error("Cannot judge a world that nobody watched");
    verdict = {
      isGood: judge.findings.length === 0,
      report: describeFindings(options, judge),
    };
  });
  if (verdict === undefined) throw new Error("Cannot judge a world: nobody lived through it");
  return verdict;
}

/**
 * Registers a test for each of these worlds on a server, where a world takes half the processor time. Without a server
 * all are on the embedded warehouse.
 */
export function testWorlds(seeds: readonly number[]): void {
  for (const seed of seeds) testWorld(seed, serverAvailable ? "server" : "embedded");
}

/** Registers a test for a world on one kind of warehouse. */
export function testWorld(seed: number, kind: "embedded" | "server"): void {
  Deno.test(`daily follows world ${seed} to the row (${kind})`, async () => {
    const { isGood, report } = await liveAndJudge({ seed, days: 5, maxLeads: 60 }, kind);
    assert.ok(isGood, report);
  });
}
