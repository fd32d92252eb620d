import type { Warehouse } from "../../lib/warehouse/warehouse.ts";
import { withEmbedded, withServerDatabase } from "../support/warehouses.ts";
import { createJudge, type Judge } from "./judge.ts";
import { describeFindings } from "./report.ts";
import { liveWorld, type WorldOptions } from "./world.ts";

/** Lives through a world on an empty warehouse; what differs as a text for people, null when nothing does. */
export async function liveAndJudge(
  options: WorldOptions,
  kind: "embedded" | "server",
): Promise<string | null> {
  const onWarehouse = kind === "embedded" ? withEmbedded : withServerDatabase;
  let report: string | null = null;
  await onWarehouse(async (warehouse: Warehouse) => {
    let judge: Judge | undefined;
    await liveWorld(options, warehouse, (crm) => judge = createJudge(crm, warehouse));
    if (judge === undefined) throw new Error("Cannot judge a world that nobody watched");
    if (judge.findings.length > 0) report = describeFindings(options, judge);
  });
  return report;
}
