import type { Logger } from "@logtape/logtape";
import ky from "ky";
import {
  type AmoAnswer,
  AmoBan,
  HeavyRead,
  judgeAnswer,
  LostAnswer,
  RetryableAnswer,
} from "./answers.ts";
import { toNetworkError } from "./network_errors.ts";
import { sharedPacer } from "./pacing.ts";
import { FEWEST_ROWS, logPageSize } from "./page_size.ts";
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

/** A request that changes the account. */
export interface AmoWrite {
  readonly method: "POST" | "PATCH" | "DELETE";
  /** Like "/api/v4/leads", without a query. */
  readonly path: string;
  /** Sent as JSON. */
  readonly json?: unknown;
  /** Sent as a form, the way of the unofficial routes below /ajax/. */
  readonly form?: URLSearchParams;
  /**
   * Whether sending it twice does what sending it once does. A write that is not (a POST that creates) is
   * sent again only when it certainly was not executed; else `LostAnswer` leaves the decision to the caller.
   */
  readonly isRepeatable: boolean;
  /** A 504 comes back at once as a `LostAnswer` that is too heavy, because the caller can send less. */
  readonly canBeSplit?: boolean;
}

/** Reads and changes an account. All methods throw `AmoError` (terminal) or `TransientError`. */
export interface AmoClient {
  /** GET of a path like "/api/v4/leads". */
  get(path: string, query: Query, signal?: AbortSignal): Promise<AmoAnswer>;
  /**
   * GET of a part of a list, as large as the query's `limit`. Throws `HeavyRead` at once when it is too much
   * for one answer and can be smaller: see `askBySize`. Its rows are taken in when `admit` allows it: until then
   * the network holds them.
   */
  getPart(
    path: string,
    query: Query,
    signal?: AbortSignal,
    admit?: () => Promise<void>,
  ): Promise<AmoAnswer>;
  /**
   * All pages of a list, following `_links.next`; ends for certain, reads one page ahead. With a `limit` in the
   * query, pages that are too heavy are asked for again with half of it.
   */
  pages(path: string, query: Query, signal?: AbortSignal): AsyncGenerator<AmoPage, void, undefined>;
  /** A write; throws `ValidationError` when the account finds fault with it, `LostAnswer` as `AmoWrite` says. */
  send(write: AmoWrite, signal?: AbortSignal): Promise<AmoAnswer>;
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
    getPart: (path, query, signal, admit) =>
      getPart(session, toUrl(session.base, path, query), signal, admit),
    pages: (path, query, signal) =>
      walkPages(
        {
          fetch: (url, stop) => getPart(session, url, stop),
          onSize: logPageSize(session.log, path),
        },
        toUrl(session.base, path, query),
        signal ?? session.signal,
      ),
    send: (write, signal) => sendWrite(session, write, signal),
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
  url.search = encodeQuery(query);
  return url;
}

/** One request, as it leaves. */
interface Outgoing {
  readonly method: "GET" | AmoWrite["method"];
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** As of `getPart`. */
  readonly admit?: (() => Promise<void>) | undefined;
}

async function getUrl(session: Session, url: URL, signal?: AbortSignal): Promise<AmoAnswer> {
  return await repeat(session, { method: "GET", url, headers: {} }, signal, () => null);
}

async function getPart(
  session: Session,
  url: URL,
  signal?: AbortSignal,
  admit?: Outgoing["admit"],
): Promise<AmoAnswer> {
  const canBeSmaller = Number(url.searchParams.get("limit")) > FEWEST_ROWS;
  return await repeat(
    session,
    { method: "GET", url, headers: {}, admit },
    signal,
    (error) =>
      canBeSmaller && error.isTooHeavy ? new HeavyRead(error.message, { cause: error }) : null,
  );
}

async function sendWrite(
  session: Session,
  write: AmoWrite,
  signal?: AbortSignal,
): Promise<AmoAnswer> {
  const url = toUrl(session.base, write.path, {});
  return await repeat(
    session,
    { method: write.method, url, ...toContent(write) },
    signal,
    (error) => {
      const isTooHeavy = error.status === 504;
      const isLost = !write.isRepeatable && error.mayHaveRun;
      return isLost || (isTooHeavy && write.canBeSplit)
        ? new LostAnswer(error.message, isTooHeavy, { cause: error })
        : null;
    },
  );
}

function toContent({ json, form }: AmoWrite): Pick<Outgoing, "headers" | "body"> {
  if (form) {
    const headers = {
      "content-type": "application/x-www-form-urlencoded",
      // The routes below /ajax/ refuse what does not come from a page.
      "x-requested-with": "XMLHttpRequest",
    };
    return { headers, body: form.toString() };
  }
  if (json === undefined) return { headers: {} };
  return { headers: { "content-type": "application/json" }, body: JSON.stringify(json) };
}

/** Tries until it succeeds, or until `giveUp` makes another error of a failure that could be tried again. */
async function repeat(
  session: Session,
  outgoing: Outgoing,
  signal: AbortSignal | undefined,
  giveUp: (error: RetryableAnswer) => Error | null,
): Promise<AmoAnswer> {
  const both = signal ? AbortSignal.any([session.signal, signal]) : session.signal;
  const attempt = async (number: number) => {
    try {
      return await tryOnce(session, outgoing, number, both);
    } catch (error) {
      throw error instanceof RetryableAnswer ? giveUp(error) ?? error : error;
    }
  };
  return await retryAnswers(
    attempt,
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
  outgoing: Outgoing,
  attempt: number,
  signal: AbortSignal,
): Promise<AmoAnswer> {
  const pacer = sharedPacer(session.base.origin, session.requestsPerSecond);
  const departure = await pacer.slot();
  try {
    signal.throwIfAborted();
    // Workers that run side by side must not go on hammering after one of them was told to stop.
    if (session.ban.error) throw session.ban.error;
    const action = `${outgoing.method === "GET" ? "read" : "write"} ${describeUrl(outgoing.url)}`;
    const { response, text } = await exchange(
      session,
      outgoing,
      { attempt, action, signal, onHead: departure.answered },
    );
    if (response.status === 429) pacer.slowDown();
    const body = judgeAnswer(action, { status: response.status, text });
    return { body, ...readServerTime(response, session.now) };
  } catch (error) {
    if (error instanceof AmoBan) session.ban.error = error;
    throw error;
  } finally {
    departure.failed();
  }
}

/** What one try needs besides the request; `onHead` is called when the head of the answer has come. */
interface Try {
  readonly attempt: number;
  readonly action: string;
  readonly signal: AbortSignal;
  readonly onHead: () => void;
}

async function exchange(
  session: Session,
  { method, url, headers, body, admit }: Outgoing,
  { attempt, action, signal, onHead }: Try,
): Promise<{ response: Response; text: string }> {
  const started = performance.now();
  let status = 0;
  try {
    const pending = ky(url, {
      method,
      headers: { authorization: `Bearer ${session.token}`, accept: "application/json", ...headers },
      ...(body === undefined ? {} : { body }),
      retry: 0,
      timeout: session.timeoutMs,
      throwHttpErrors: false,
      // A redirect is an account that moved, or a login page: following it would send the token along.
      redirect: "manual",
      signal,
      ...(session.fetch ? { fetch: session.fetch } : {}),
    });
    const response = await pending;
    onHead();
    status = response.status;
    // What is no page is short, and may be tried again after a wait that nobody else should share.
    if (response.ok) await admit?.();
    return { response, text: await pending.text() };
  } catch (error) {
    signal.throwIfAborted();
    throw toNetworkError(error, action, session.timeoutMs);
  } finally {
    session.log.debug("{method} {path} answered {status} after {ms} ms, try {attempt}", {
      method,
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

function readServerTime(
  response: Response,
  now: () => Temporal.Instant,
): Pick<AmoAnswer, "serverTime" | "isDated"> {
  const ms = Date.parse(response.headers.get("date") ?? "");
  if (Number.isNaN(ms)) return { serverTime: now(), isDated: false };
  return { serverTime: Temporal.Instant.fromEpochMilliseconds(ms), isDated: true };
}
