import { TransientError } from "../transient_error.ts";
import { describeFaults, type ItemRefusal, readRefusals } from "./validation.ts";

/** amoCRM refused, and asking again would not help; `status` is the HTTP status, null when there was none. */
export class AmoError extends Error {
  override readonly name = "AmoError";

  constructor(message: string, readonly status: number | null, options?: ErrorOptions) {
    super(message, options);
  }
}

/** An answer as it came, before anybody trusted it. */
export interface RawAnswer {
  readonly status: number;
  readonly text: string;
}

/** How long to wait before the next try: a plain step, one that lets a limit recover, one of minutes. */
export type WaitKind = "short" | "limited" | "unpaid";

/** What else is known about a failed try. */
export interface RetryableOptions extends ErrorOptions {
  /** The HTTP status; null, the default, when there was no answer. */
  readonly status?: number;
  /** False when it is certain that the account did not see or do what was asked; true by default. */
  readonly mayHaveRun?: boolean;
  /** Whether less might have been answered: a 504, or no answer in time. */
  readonly isTooHeavy?: boolean;
}

/** A failed try that is worth repeating after a wait of the kind `wait`. */
export class RetryableAnswer extends TransientError {
  readonly status: number | null;
  readonly mayHaveRun: boolean;
  readonly isTooHeavy: boolean;

  constructor(message: string, readonly wait: WaitKind, options: RetryableOptions = {}) {
    super(message, options);
    this.status = options.status ?? null;
    this.mayHaveRun = options.mayHaveRun ?? true;
    this.isTooHeavy = options.isTooHeavy ?? false;
  }
}

/** A part of a list that was too much for one answer (504, or none in time): fewer rows may do. */
export class HeavyRead extends TransientError {}

/**
 * A write whose answer was lost: it may have been done, wholly or in part, or may yet be.
 *
 * `isTooHeavy` when the gateway gave up on it (504), which amoCRM advises to answer with a smaller batch.
 */
export class LostAnswer extends TransientError {
  constructor(message: string, readonly isTooHeavy: boolean, options?: ErrorOptions) {
    super(message, options);
  }
}

/** The account found fault with what was sent: a 400 with `validation-errors`. */
export class ValidationError extends AmoError {
  constructor(message: string, readonly refusals: readonly ItemRefusal[]) {
    super(message, 400);
  }
}

/** The account has blocked us; `createAmoClient` then sends nothing more. */
export class AmoBan extends AmoError {}

/**
 * Returns the JSON of a good answer, null for a 204, and throws `RetryableAnswer` or `AmoError` otherwise.
 *
 * `action` is like "read /api/v4/leads page 3". The body is only looked at for its shape: none of its
 * text gets into a message, because it can hold names. Statuses: shared notes on the API, sections 1, 2, 10.
 */
export function judgeAnswer(action: string, answer: RawAnswer): unknown {
  const { status } = answer;
  // 204, not an empty list, is how amoCRM says "no rows".
  if (status === 204) return null;
  const body = parseJson(answer.text);
  if (status === 200 || status === 201 || status === 202) {
    if (body !== undefined) return body;
    throw new RetryableAnswer(
      `Cannot ${action}: amoCRM answered ${status} with a body that is not JSON, expected JSON: run again later`,
      "short",
      { status },
    );
  }
  throw toError(action, status, body);
}

function toError(action: string, status: number, body: unknown): Error {
  const found = `Cannot ${action}: amoCRM answered ${status}`;
  if (status === 429) {
    return new RetryableAnswer(
      `${found}, expected 200: too many requests, something else may use the account's limit: ` +
        "lower AMO_RPS, or run again later",
      "limited",
      { status, mayHaveRun: false },
    );
  }
  if (status === 402) {
    return new RetryableAnswer(
      `${found}, expected 200: check that the account is paid for and that its plan has this feature`,
      "unpaid",
      { status, mayHaveRun: false },
    );
  }
  if (status >= 500) {
    const options = { status, isTooHeavy: status === 504 };
    return new RetryableAnswer(`${found}, expected 200: run again later`, "short", options);
  }
  if (status === 401) {
    return new AmoError(`${found}, expected 200: check AMO_TOKEN`, status);
  }
  if (status === 403) return toForbidden(found, body);
  if (status === 404) {
    return new AmoError(`${found}, expected 200: check AMO_SUBDOMAIN or AMO_BASE_URL`, status);
  }
  if (status === 400) return toBadRequest(found, body);
  return new AmoError(`${found}, expected 200: check AMO_SUBDOMAIN or AMO_BASE_URL`, status);
}

function toForbidden(found: string, body: unknown): AmoError {
  // A gateway answers a ban in HTML, the application a missing right in JSON.
  if (body === undefined) {
    return new AmoBan(
      `${found} with an HTML page, expected 200: the account has blocked this program; stop, ` +
        "hammering makes it worse; stop all other programs that use the account and write to amoCRM's support",
      403,
    );
  }
  return new AmoError(
    `${found}, expected 200: the token has no right to this; check the scopes of the integration and ` +
      "the rights and IP list of its user",
    403,
  );
}

function toBadRequest(found: string, body: unknown): Error {
  const refusals = readRefusals(body);
  if (refusals.length > 0) {
    const faults = describeFaults(refusals.flatMap((refusal) => refusal.faults));
    return new ValidationError(
      `${found} (${faults}), expected 200: this is a bug here, report it with this line`,
      refusals,
    );
  }
  const code = readCode(body);
  if (code === "none") {
    return new RetryableAnswer(
      `${found} with neither a code nor a fault of ours, expected 200: run again later`,
      "short",
      { status: 400 },
    );
  }
  if (code === "244") {
    return new AmoError(
      `${found} with code 244, expected 200: the rights of the token's user do not cover this, or the ` +
        "account's subscription has ended: look at both in amoCRM",
      400,
    );
  }
  const named = code === null ? "" : ` with code ${code}`;
  return new AmoError(
    `${found}${named}, expected 200: this is a bug here, report it with this line`,
    400,
  );
}

/**
 * The code of a 400 without faults: "none" when it is told in the usual form but without any code, null when it
 * is not in that form, or holds numbers of which none can be told to be the code.
 *
 * A passing failure of the account is such a 400 without a code. Its text asks to repeat, but so does that of
 * lasting ones (244 speaks of "повторное возникновение"), so no word of it decides anything.
 */
function readCode(body: unknown): string | null {
  if (!isObject(body) || "validation-errors" in body) return null;
  const inner = isObject(body.response) ? body.response : {};
  const [first] = Array.isArray(body.errors) && isObject(body.errors[0]) ? [body.errors[0]] : [];
  const given = [body.code, body.error_code, inner.error_code, inner.code, first?.code]
    .find((value) => typeof value === "number" || typeof value === "string");
  if (given !== undefined) return plainCode(String(given));
  if (typeof body.detail !== "string") return null;
  const numbers = body.detail.match(/\d+/g) ?? [];
  if (numbers.length === 0) return "none";
  return numbers.length === 1 ? plainCode(numbers[0]) : null;
}

// Codes of the account have two to four digits, or are a word; anything else could be a value.
function plainCode(text: string): string | null {
  return /^(\d{2,4}|[A-Za-z]{1,40})$/.test(text) ? text : null;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** One good answer. */
export interface AmoAnswer {
  /** Parsed JSON, null for a 204; the reader checks its shape. */
  readonly body: unknown;
  /** The CRM's own time of the answer, from its `Date` header: full seconds. */
  readonly serverTime: Temporal.Instant;
  /** False when there was no such header: the time is that of this machine. */
  readonly isDated: boolean;
}
