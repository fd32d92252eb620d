/** A request that reached the account. */
export interface LoggedRequest {
  readonly method: string;
  /** With the query, as it was sent. */
  readonly path: string;
  /** 0 while it is worked on, and for good when the connection was reset. */
  readonly status: number;
  /** When it arrived, in milliseconds of real time (see `SandboxOptions.realMs`), not of the sandbox clock. */
  readonly atMs: number;
}

/** What clients asked for, in order of arrival; neither bodies nor tokens are kept. */
export interface RequestLog {
  list(): LoggedRequest[];
  clear(): void;
}

/** The log and the way to write it. */
export interface RequestRecorder {
  readonly log: RequestLog;
  /** Notes an arrival; the returned function adds the status. */
  arrive(request: Request, url: URL): (status: number) => void;
}

// A sandbox that serves a demo for weeks must not fill the memory.
const MAX_KEPT = 200_000;

export function createRequestRecorder(realMs: () => number): RequestRecorder {
  let kept: { method: string; path: string; status: number; atMs: number }[] = [];
  return {
    log: {
      list: () => kept.map((entry) => ({ ...entry })),
      clear() {
        kept = [];
      },
    },
    arrive(request, url) {
      const path = url.pathname + url.search;
      const entry = { method: request.method, path, status: 0, atMs: realMs() };
      if (kept.length >= MAX_KEPT) kept = kept.slice(MAX_KEPT / 2);
      kept.push(entry);
      return (status) => {
        entry.status = status;
      };
    },
  };
}
