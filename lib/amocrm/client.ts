import type { Logger } from "@logtape/logtape";
import ky, { isTimeoutError } from "ky";
import { AmoBan, AmoError, judgeAnswer, RetryableAnswer } from "./errors.ts";
import { sharedPacer } from "./pacing.ts";
import { type AmoPage, walkPages } from "./pages.ts";
import { encodeQuery, type Query } from "./query.ts";
import { DEFAULT_RETRY, retryAnswers, type RetryPolicy } from "./retry.ts";

/** What a client needs to know; everything with a default is there for tests. */
export interface AmoClientOptions {
  readonly baseUrl: string;
  readonly token: string;
  /** Shared by all clients of one account in this process. */
  readonly requestsPerSecond: number;
  readonly log: Logger;
  readonly signal?: AbortSignal;
  /** For one try, headers and body each: filtered reads of a big account take about a minute. */
  readonly timeoutMs?: number;
  readonly retry?: Partial<RetryPolicy>;
  readonly fetch?: (input: string | URL | Request, init?: RequestInit) => Promise<Response>;
  readonly now?: () => Temporal.Instant;
}

/** One good answer. */
export interface AmoAnswer {
  /** Parsed JSON, null for a 204; the reader checks its shape. */
  readonly body: unknown;
  /** The CRM's own time of the answer, from its `Date` header: full seconds. */
  readonly serverTime: Temporal.Instant;
}

/** Reads an account. All methods throw `AmoError` (terminal) or `TransientError` (tries are used up). */
export interface AmoClient {
  /** GET of a path like "/api/v4/leads". */
  get(path: string, query: Query, signal?: AbortSignal): Promise<AmoAnswer>;
  /** All pages of a list, following `_links.next`; ends for certain, reads one page ahead. */
  pages(path: string, query: Query, signal?: AbortSignal): AsyncGenerator<AmoPage, void, undefined>;
}

/** A client of one account that paces itself, repeats what can get better and stops at a ban. */
export function createAmoClient(options: AmoClientOptions): AmoClient {
  const session: Session = {
    ...options,
    base: new URL(options.baseUrl),
    signal: options.signal ?? new AbortController().signal,
    retry: { ...DEFAULT_RETRY, ...options.retry },
    timeoutMs: options.timeoutMs ?? 90_000,
    now: options.now ?? Temporal.Now.instant,
    ban: { error: null },
  };
  return {
    get: (path, query, signal) => getUrl(session, toUrl(session.base, path, query), signal),
    pages: (path, query, signal) =>
      walkPages(
        (url, stop) => getUrl(session, url, stop),
        toUrl(session.base, path, query),
        signal ?? session.signal,
      ),
  };
}

interface Session extends AmoClientOptions {
  readonly base: URL;
  readonly signal: AbortSignal;
  readonly retry: RetryPolicy;
  readonly timeoutMs: number;
  readonly now: () => Temporal.Instant;
  readonly ban: { error: AmoBan | null };
}

function toUrl(base: URL, path: string, query: Query): URL {
  // The base may have a path of its own (a proxy), which a plain `new URL(path, base)` would drop.
  const url = new URL(base.href.replace(/\/+$/, "") + path);
  url.search = encodeQuery(query).toString();
  return url;
}

async function getUrl(session: Session, url: URL, signal?: AbortSignal): Promise<AmoAnswer> {
  const both = signal ? AbortSignal.any([session.signal, signal]) : session.signal;
  return await retryAnswers(
    (number) => tryOnce(session, url, number, both),
    session.retry,
    both,
    (error, waitMs) => logRetry(session.log, error, waitMs),
  );
}

// Short waits are everyday life; half a minute of silence would look like a hang.
function logRetry(log: Logger, error: Error, waitMs: number): void {
  const level = waitMs >= 5_000 ? "warn" : "debug";
  log[level]("{message}; next try in {seconds} s", {
    message: error.message,
    seconds: Math.round(waitMs / 100) / 10,
  });
}

async function tryOnce(
  session: Session,
  url: URL,
  attempt: number,
  signal: AbortSignal,
): Promise<AmoAnswer> {
  const pacer = sharedPacer(session.base.origin, session.requestsPerSecond);
  await pacer.slot();
  signal.throwIfAborted();
  // Workers that run side by side must not go on hammering after one of them was told to stop.
  if (session.ban.error) throw session.ban.error;
  const action = `read ${describeUrl(url)}`;
  const { response, text } = await send(session, url, attempt, signal, action);
  if (response.status === 429) pacer.slowDown();
  try {
    const body = judgeAnswer(action, { status: response.status, text });
    return { body, serverTime: readServerTime(response, session.now) };
  } catch (error) {
    if (error instanceof AmoBan) session.ban.error = error;
    throw error;
  }
}

async function send(
  session: Session,
  url: URL,
  attempt: number,
  signal: AbortSignal,
  action: string,
): Promise<{ response: Response; text: string }> {
  const started = performance.now();
  let status = 0;
  try {
    const pending = ky.get(url, {
      headers: { authorization: `Bearer ${session.token}`, accept: "application/json" },
      retry: 0,
      timeout: session.timeoutMs,
      throwHttpErrors: false,
      // A redirect is an account that moved, or a login page: following it would send the token along.
      redirect: "manual",
      signal,
      ...(session.fetch ? { fetch: session.fetch } : {}),
    });
    const response = await pending;
    status = response.status;
    return { response, text: await pending.text() };
  } catch (error) {
    signal.throwIfAborted();
    throw toNetworkError(error, action, session.timeoutMs);
  } finally {
    session.log.debug("GET {path} answered {status} after {ms} ms, try {attempt}", {
      path: describeUrl(url),
      status,
      ms: Math.round(performance.now() - started),
      attempt,
    });
  }
}

/** Path and page number: nothing else of a query gets into logs and messages. */
function describeUrl(url: URL): string {
  const page = url.searchParams.get("page");
  return url.pathname + (page && /^\d+$/.test(page) ? ` page ${page}` : "");
}

function toNetworkError(error: unknown, action: string, timeoutMs: number): Error {
  if (isTimeoutError(error)) {
    return new RetryableAnswer(
      `Cannot ${action}: no answer within ${timeoutMs / 1000} s, expected one: run again later`,
      "short",
    );
  }
  const reason = findNetworkReason(error);
  if (reason === null) throw error;
  // The errors of ky and fetch hold the request with its token, so neither is passed as the cause.
  const cause = new Error(reason);
  if (/certificate/i.test(reason)) {
    return new AmoError(
      `Cannot ${action}: ${reason}, expected a trusted one: check AMO_BASE_URL, or DENO_CERT for an own authority`,
      null,
      { cause },
    );
  }
  return new RetryableAnswer(
    `Cannot ${action}: ${reason}, expected an answer: check the network and AMO_BASE_URL`,
    "short",
    { cause },
  );
}

// Words, because fetch gives no codes; only a certificate decides anything, the rest picks a sentence.
const NETWORK_REASONS: readonly (readonly [RegExp, string])[] = [
  [/certificate/i, "the server's certificate is not trusted"],
  [/refused/i, "the connection was refused"],
  [/dns|lookup|not known|resolve/i, "the host name was not found"],
  [/reset|broken pipe|closed|aborted|unexpected eof|end of file/i, "the connection was cut"],
  [/body|decod|incomplete/i, "the answer was cut short"],
];

/** A sentence of our own for a failure of the network, null for an error that is something else. */
function findNetworkReason(error: unknown): string | null {
  const chain: Error[] = [];
  for (let inner = error; inner instanceof Error; inner = inner.cause) chain.push(inner);
  const isNetwork = chain.some(({ name, constructor }) =>
    name === "NetworkError" || constructor === TypeError || name.startsWith("Connection")
  );
  if (!isNetwork) return null;
  const text = chain.map(({ message }) => message).join(" ");
  return NETWORK_REASONS.find(([pattern]) => pattern.test(text))?.[1] ?? "the connection failed";
}

function readServerTime(response: Response, now: () => Temporal.Instant): Temporal.Instant {
  const ms = Date.parse(response.headers.get("date") ?? "");
  return Number.isNaN(ms) ? now() : Temporal.Instant.fromEpochMilliseconds(ms);
}
