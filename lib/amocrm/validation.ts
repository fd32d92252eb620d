/** What is wrong with one value of a sent item: codes and paths only, since values may be personal. */
export interface Fault {
  /** Like "NotSupportedChoice"; "?" when the account gave none. */
  readonly code: string;
  /** Like "custom_fields_values.0.field_id"; "?" when the account gave none. */
  readonly path: string;
}

/** An item that the account refused; `requestId` is null when it did not say which one. */
export interface ItemRefusal {
  readonly requestId: string | null;
  readonly faults: readonly Fault[];
}

/** The refusals in a 400 with `validation-errors`; none for any other body. */
export function readRefusals(body: unknown): ItemRefusal[] {
  return isObject(body) ? toRefusals(body["validation-errors"]) : [];
}

/** The refusals in a list of `{ request_id, errors }`, as a 400 and some good answers carry it. */
export function toRefusals(list: unknown): ItemRefusal[] {
  if (!Array.isArray(list)) return [];
  return list.filter(isObject).map(({ request_id: requestId, errors }) => ({
    requestId: toRequestId(requestId),
    faults: Array.isArray(errors) && errors.length > 0 ? errors.map(toFault) : [UNKNOWN_FAULT],
  }));
}

/** "NotSupportedChoice at price, InvalidType at name, …" */
export function describeFaults(faults: readonly Fault[]): string {
  const shown = faults.slice(0, MOST_SHOWN).map(({ code, path }) => `${code} at ${path}`);
  return [...shown, ...(faults.length > MOST_SHOWN ? ["…"] : [])].join(", ");
}

const MOST_SHOWN = 5;
const UNKNOWN_FAULT: Fault = { code: "?", path: "?" };

/** The request_id of an entry as text: the API gives back what was sent, as text or as a number. */
export function toRequestId(value: unknown): string | null {
  return typeof value === "string" || typeof value === "number" ? String(value) : null;
}

function toFault(error: unknown): Fault {
  if (!isObject(error)) return UNKNOWN_FAULT;
  return { code: plainWord(error.code), path: plainWord(error.path) };
}

// Anything longer, or with other characters, could be a value.
function plainWord(value: unknown): string {
  return typeof value === "string" && /^[\w.[\]-]{1,80}$/.test(value) ? value : "?";
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
