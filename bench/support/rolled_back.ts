import type { TransactionSql } from "postgres";
import type { Warehouse } from "../../lib/warehouse/warehouse.ts";

/** The median seconds of some rounds of a piece of work, each rolled back. */
export async function measureRolledBack(
  { sql }: Warehouse,
  rounds: number,
  work: (tx: TransactionSql) => Promise<void>,
): Promise<number> {
  const rollback = new Error("Measured");
  const seconds: number[] = [];
  for (let round = 0; round < rounds; round++) {
    try {
      await sql.begin(async (tx) => {
        const started = performance.now();
        await work(tx);
        seconds.push((performance.now() - started) / 1000);
        throw rollback;
      });
    } catch (error) {
      if (error !== rollback) throw error;
    }
  }
  return seconds.sort((a, b) => a - b)[Math.floor(rounds / 2)] ?? 0;
}
