import type { TransactionSql } from "postgres";
import { z } from "zod";
import type { Page } from "./page/page.ts";
import { errorCode } from "../warehouse/connection.ts";
import { querySqlFile, SqlFileError } from "../warehouse/sql_file.ts";
import type { Warehouse } from "../warehouse/warehouse.ts";

/** The transaction of one page: it only reads, and shows one state of the warehouse. */
export interface Reading {
  readonly tx: TransactionSql;
  readonly now: Temporal.Instant;
  /** A demo made this warehouse: it lives in a time of its own. */
  readonly isDemo: boolean;
  /** The role that a page of this kind reads as, and why it does not where it does not. */
  readonly role: {
    readonly name: string;
    readonly login: string;
    readonly problem: "missing" | "not_granted" | null;
  };
}

/** The role of the pages that read dict, dds and dm, and of those that read everything. */
export const ROLE_OF: Readonly<Record<Page["reads"], string>> = {
  business: "rental_bi",
  everything: "rental_look",
};

const beginRows = z.tuple([z.object({
  login: z.string(),
  has_role: z.boolean(),
  now: z.date(),
  is_demo: z.boolean(),
  taken_role: z.string().nullable(),
})]);

/**
 * Runs `work` in one read-only transaction with the role of the page and a time-out for each statement.
 *
 * On the embedded warehouse, which has one connection, it waits until no task has a transaction open: none of
 * its statements can get between those of a task.
 */
export async function readPage<T>(
  { sql }: Warehouse,
  reads: Page["reads"],
  timeoutMs: number,
  work: (reading: Reading) => Promise<T>,
): Promise<T> {
  const { made } = await sql.begin("isolation level repeatable read read only", async (tx) => {
    const name = ROLE_OF[reads];
    const rows = await querySqlFile(tx, "dashboard/begin_page.sql", [name, String(timeoutMs)]);
    const [{ login, has_role: hasRole, now, is_demo: isDemo, taken_role: taken }] = beginRows.parse(
      [...rows],
    );
    const problem = !hasRole ? "missing" : taken === null ? "not_granted" : null;
    // In an object: of a list, the driver would wait for each part.
    return {
      made: await work({
        tx,
        now: Temporal.Instant.fromEpochMilliseconds(now.getTime()),
        isDemo,
        role: { name, login, problem },
      }),
    };
  });
  return made;
}

/** Why a page could not be read; null: not for a reason of the warehouse, so it is a fault of this program. */
export type ReadProblem = "away" | "too_slow" | "behind" | "no_right" | "busy";

/** A page was not there in time: its transaction waits for its turn, or its statements take long. */
export class LateError extends Error {
  override readonly name = "LateError";
}

/** SQLSTATEs by what they mean here; 42P01 to 42704: a table, function, schema, column or type that is not there. */
const PROBLEM_OF_SQLSTATE: Readonly<Record<string, ReadProblem>> = {
  "57014": "too_slow",
  "25P04": "too_slow",
  "55000": "away",
  "42501": "no_right",
  "42P01": "behind",
  "42883": "behind",
  "3F000": "behind",
  "42703": "behind",
  "42704": "behind",
};

/** Classes: lost connections, resources, operator intervention (shutdown), a login that is refused, no database. */
const AWAY_CLASSES = ["08", "53", "57", "58", "28", "3D"];

/** Tells what the warehouse has to do with an error, by its code. */
export function readProblemOf(error: unknown): ReadProblem | null {
  if (error instanceof LateError) return "busy";
  const code = error instanceof SqlFileError ? error.sqlState : errorCode(error);
  if (code === null) return null;
  const known = PROBLEM_OF_SQLSTATE[code];
  if (known) return known;
  // Five signs are a SQLSTATE; the words of sockets and of the driver mean a connection.
  if (/^[0-9A-Z]{5}$/.test(code) && code !== "EPIPE") {
    return AWAY_CLASSES.includes(code.slice(0, 2)) ? "away" : null;
  }
  return code.startsWith("ERR_") ? null : "away";
}
