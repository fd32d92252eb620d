/** What a request is answered with: a response, or a function of it. */
export type Answer = Response | ((request: Request) => Response | Promise<Response>);

/** An HTTP server on loopback that gives these answers one after the other, and the last one for ever. */
export interface ScriptedServer extends AsyncDisposable {
  readonly url: string;
  /** "GET /path?query" of each request, decoded. */
  readonly requests: string[];
}

export function serveAnswers(...answers: readonly Answer[]): ScriptedServer {
  const requests: string[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => {
    const { pathname, search } = new URL(request.url);
    requests.push(`${request.method} ${decodeURIComponent(pathname + search)}`);
    const answer = answers[Math.min(requests.length, answers.length) - 1];
    if (answer === undefined) return new Response(null, { status: 204 });
    return typeof answer === "function" ? answer(request) : answer.clone();
  });
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    requests,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

/** A page of a list as amoCRM gives it; `next` is a path on the same server, or a whole address. */
export function page(list: string, rows: readonly unknown[], next?: string): Answer {
  return (request) => {
    const links = next === undefined ? {} : { next: { href: new URL(next, request.url).href } };
    return Response.json({ _links: links, _embedded: { [list]: rows } }, {
      headers: { date: "Sun, 03 May 2026 04:00:00 GMT" },
    });
  };
}

/** What nginx in front of amoCRM says. */
export function html(status: number): Response {
  return new Response(`<html><body>${status} Secret Client</body></html>`, {
    status,
    headers: { "content-type": "text/html" },
  });
}
