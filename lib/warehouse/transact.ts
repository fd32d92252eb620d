import type { Sql, TransactionSql } from "postgres";

/** What was found in a transaction, and whether what was written there stays. */
export interface Done<T> {
  readonly result: T;
  readonly stays: boolean;
}

/** Does something in one transaction, which is rolled back unless what it wrote is to stay: a dry run, a rehearsal. */
export async function transact<T>(
  sql: Sql,
  work: (tx: TransactionSql) => Promise<Done<T>>,
): Promise<T> {
  const rollback = new Error("Rolled back because what was written is not to stay");
  const found: T[] = [];
  try {
    await sql.begin(async (tx) => {
      const { result, stays } = await work(tx);
      found.push(result);
      if (!stays) throw rollback;
    });
  } catch (error) {
    if (error !== rollback) throw error;
  }
  for (const result of found) return result;
  throw new Error("Cannot tell what was found: nothing was done");
}
