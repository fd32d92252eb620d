import { z } from "zod";

const values = z.object({
  stringValue: z.string().optional(),
  boolValue: z.boolean().optional(),
  doubleValue: z.number().optional(),
  intValue: z.union([z.string(), z.number()]).optional(),
});
const spans = z.object({
  traceId: z.string(),
  spanId: z.string(),
  parentSpanId: z.string(),
  name: z.string(),
  attributes: z.array(z.object({ key: z.string(), value: values })),
  events: z.array(z.unknown()),
  status: z.object({ code: z.number(), message: z.string() }),
});
const exports = z.object({
  resourceSpans: z.array(z.object({ scopeSpans: z.array(z.object({ spans: z.array(spans) })) })),
});

/** A span, its attributes as they were set. */
export interface SeenSpan {
  readonly traceId: string;
  readonly id: string;
  readonly parentId: string;
  readonly name: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly events: readonly unknown[];
  readonly status: { readonly code: number; readonly message: string };
}

/** An OpenTelemetry collector on loopback. */
export interface Collector extends AsyncDisposable {
  /** The settings that make a Deno process send everything here. */
  readonly env: Readonly<Record<string, string>>;
  readonly spans: SeenSpan[];
  /** Every request, as it came: spans, logs and metrics. */
  readonly texts: string[];
}

export function serveCollector(): Collector {
  const collected: SeenSpan[] = [];
  const texts: string[] = [];
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (request) => {
      const text = await request.text();
      texts.push(text);
      if (request.url.endsWith("/v1/traces")) collected.push(...readSpans(text));
      return Response.json({});
    },
  );
  return {
    env: {
      OTEL_DENO: "true",
      OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${server.addr.port}`,
    },
    spans: collected,
    texts,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

function readSpans(text: string): SeenSpan[] {
  const { resourceSpans } = exports.parse(JSON.parse(text));
  return resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans))
    .map(({ spanId, parentSpanId, attributes, ...span }) => ({
      ...span,
      id: spanId,
      parentId: parentSpanId,
      attributes: Object.fromEntries(
        attributes.map(({ key, value }) => [key, Object.values(value)[0]]),
      ),
    }));
}
