/** A query as nested plain data: `{ filter: { created_at: { from: 1 } }, order: { id: "asc" } }`. */
export interface Query {
  readonly [name: string]: QueryValue | undefined;
}
export type QueryValue = string | number | Query | readonly (string | number)[];

/** Writes a query the way amoCRM reads it: `filter[created_at][from]=1&filter[pipeline_id][]=7`. */
export function encodeQuery(query: Query): URLSearchParams {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) append(parameters, name, value);
  return parameters;
}

function append(parameters: URLSearchParams, name: string, value: QueryValue | undefined): void {
  if (value === undefined) return;
  if (typeof value !== "object") {
    parameters.append(name, String(value));
  } else if (isList(value)) {
    for (const item of value) parameters.append(`${name}[]`, String(item));
  } else {
    for (const [key, inner] of Object.entries(value)) append(parameters, `${name}[${key}]`, inner);
  }
}

// Array.isArray alone does not narrow a readonly array.
function isList(
  value: Query | readonly (string | number)[],
): value is readonly (string | number)[] {
  return Array.isArray(value);
}
