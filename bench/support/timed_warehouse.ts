import type { TransactionSql } from "postgres";
import type { Warehouse } from "../../lib/warehouse/warehouse.ts";

/** What was asked of a warehouse since it was last read, in milliseconds. */
export interface SqlTimes {
  /** How long at least one statement was under way, with the beginning and the end of each transaction. */
  readonly totalMs: number;
  /** Of each statement by its text, from when it was asked to its rows. */
  readonly statements: readonly { readonly text: string; readonly ms: number }[];
}

/** A warehouse like another one, which measures the transactions that it is asked for. */
export interface TimedWarehouse {
  readonly warehouse: Warehouse;
  /** The times since the last call. */
  take(): SqlTimes;
}

/** Puts a watch around the transactions of `warehouse`. */
export function timeWarehouse(warehouse: Warehouse): TimedWarehouse {
  const watch = createWatch();
  const begin = async <T>(options: string, work: (tx: TransactionSql) => Promise<T>) => {
    const started = watch.start();
    let ended = () => {};
    const made = await warehouse.sql.begin(options, async (tx) => {
      started();
      const value = await work(watchTransaction(tx, watch));
      ended = watch.start();
      // In an object: of a list, the driver would wait for each part.
      return { value };
    });
    ended();
    return made.value;
  };
  const sql = new Proxy(warehouse.sql, {
    get: (target, key) => key === "begin" ? begin : Reflect.get(target, key),
  });
  return { warehouse: { ...warehouse, sql }, take: watch.take };
}

interface Watch {
  /** Begins a time; what it returns ends it. */
  start(): () => void;
  note(text: string, ms: number): void;
  take(): SqlTimes;
}

function createWatch(): Watch {
  let underWay = 0;
  let since = 0;
  let totalMs = 0;
  let statements: { text: string; ms: number }[] = [];
  return {
    start() {
      if (underWay++ === 0) since = performance.now();
      return () => {
        if (--underWay === 0) totalMs += performance.now() - since;
      };
    },
    note: (text, ms) => statements.push({ text, ms }),
    take() {
      const taken = { totalMs, statements };
      totalMs = 0;
      statements = [];
      return taken;
    },
  };
}

/** Pages ask with the text of a file alone, so `unsafe` is all that is watched. */
function watchTransaction(tx: TransactionSql, watch: Watch): TransactionSql {
  return new Proxy(tx, {
    get: (target, key) => {
      if (key !== "unsafe") return Reflect.get(target, key);
      return async (...args: Parameters<TransactionSql["unsafe"]>) => {
        const end = watch.start();
        const started = performance.now();
        try {
          return await target.unsafe(...args);
        } finally {
          end();
          watch.note(args[0], performance.now() - started);
        }
      };
    },
  });
}
