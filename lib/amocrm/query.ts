import { stringify } from "qs";

/** A query as nested plain data: `{ filter: { created_at: { from: 1 } }, order: { id: "asc" } }`. */
export interface Query {
  readonly [name: string]: QueryValue | undefined;
}
export type QueryValue = string | number | Query | readonly (string | number)[];

/** Writes a query the way amoCRM reads it: `filter[created_at][from]=1&filter[pipeline_id][]=7`. */
export function encodeQuery(query: Query): string {
  return stringify(query, { arrayFormat: "brackets" });
}
