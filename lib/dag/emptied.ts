import type { Dag } from "./dag.ts";

/** Whether a DAG refuses to empty a required column, so that it may be told to (`--accept-emptied`). */
export function guardsColumns({ tasks }: Dag): boolean {
  return tasks.some((task) => task.guardsColumns === true);
}

/** What the option says of itself. */
export const ACCEPT_EMPTIED =
  "let this run land records although a required field has no value in any of them";
