import type { ItemError } from "../account/refusals.ts";

/** What is wrong with one item of a batch. */
export interface ItemRefusal {
  readonly request_id: string;
  readonly errors: readonly ItemError[];
}

const reasonPhrases: Readonly<Record<number, string>> = {
  400: "Bad Request",
  401: "Unauthorized",
  402: "Payment Required",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  422: "Unprocessable Entity",
  429: "Too Many Requests",
  500: "Internal Server Error",
  502: "Bad Gateway",
  503: "Service Temporarily Unavailable",
  504: "Gateway Time-out",
};

// The content types carry no charset: one of the public clients compares the header for equality.
const HAL = "application/hal+json";
const PROBLEM = "application/problem+json";

/** A successful answer. */
export function hal(body: unknown, status = 200): Response {
  return new Response(JSON.stringify(body), { status, headers: { "content-type": HAL } });
}

/** 204, how the API says "no rows" and "deleted". */
export function noContent(): Response {
  return new Response(null, { status: 204 });
}

/** An error as the application itself words it. */
export function problem(status: number, detail: string, extra: object = {}): Response {
  const title = reasonPhrases[status] ?? "Error";
  const body = { ...extra, title, type: `https://httpstatus.es/${status}`, status, detail };
  return new Response(JSON.stringify(body), { status, headers: { "content-type": PROBLEM } });
}

/** 400 with `validation-errors`, one entry for each refused item. */
export function validationProblem(refused: readonly ItemRefusal[]): Response {
  return problem(400, "Request validation failed", { "validation-errors": refused });
}

/** An error of the gateway in front of the application: HTML, and never a Retry-After. */
export function htmlPage(status: number): Response {
  const title = `${status} ${reasonPhrases[status] ?? "Error"}`;
  const body = `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n` +
    `<center><h1>${title}</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n`;
  return new Response(body, { status, headers: { "content-type": "text/html" } });
}

/** The code for a missing value is not confirmed by any source. */
export function fieldMissing(path: string): ItemError {
  return { code: "FieldMissing", path, detail: "This field is missing." };
}
