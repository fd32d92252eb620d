import { errorCode } from "../warehouse/connection.ts";
import { maskPersonalData } from "./masking.ts";
import { describeServerError, isServerError, SqlFileError } from "../warehouse/sql_file.ts";
import { TransientError } from "../transient_error.ts";
import { asTyped } from "./typed_commands.ts";

const LONGEST_TEXT = 4000;

/** What the run log, the log and the table may say about an error: its message without personal data. */
export function errorText(error: unknown): string {
  if (isServerError(error)) return asTyped(maskPersonalData(describeServerError(error)));
  const text = error instanceof Error ? error.message : String(error);
  return asTyped(maskPersonalData(text)).slice(0, LONGEST_TEXT);
}

/** SQLSTATEs (and whole classes) that another try can cure: conflicts, shutdown, lost connections. */
const PASSING_SQLSTATES = ["40001", "40P01", "55P03", "57P01", "57P02", "57P03", "53300", "08"];
const PASSING_DRIVER_CODES = [
  "CONNECTION_CLOSED",
  "CONNECTION_ENDED",
  "CONNECTION_DESTROYED",
  "CONNECT_TIMEOUT",
  "ECONNREFUSED",
  "ECONNRESET",
  "EPIPE",
  "ETIMEDOUT",
];

/** Whether another try can do better: a `TransientError`, or a lost connection or conflict of the warehouse. */
export function isTransient(error: unknown): boolean {
  if (error instanceof TransientError) return true;
  const code = error instanceof SqlFileError ? error.sqlState : errorCode(error);
  if (code === null) return false;
  return PASSING_DRIVER_CODES.includes(code) ||
    PASSING_SQLSTATES.some((state) => code.startsWith(state));
}
