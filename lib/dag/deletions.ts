import type { Dag } from "./dag.ts";

/** Whether a DAG marks records as deleted, so that it may be told to accept many of them (`--accept-deletes`). */
export function canMarkDeletions({ tasks }: Dag): boolean {
  return tasks.some(({ marksDeletions }) => marksDeletions === true);
}

/** What the option says of itself. */
export const ACCEPT_DELETES =
  "let this run mark as deleted however many records vanished from amoCRM";
