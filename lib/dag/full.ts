import type { Dag } from "./dag.ts";

/** Whether a DAG reads only what changed unless it is told to read everything (`--full`). */
export function canReadInFull({ tasks }: Dag): boolean {
  return tasks.some(({ pullsInFull }) => pullsInFull !== undefined);
}
