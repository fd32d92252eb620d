import { Counter, Gauge, Registry } from "prom-client";

/** One number, and what tells it from the others of its name. */
export interface Sample {
  readonly labels?: Readonly<Record<string, string>>;
  readonly value: number;
}

/** All samples of one name. */
export interface Metric {
  readonly name: string;
  readonly help: string;
  readonly type: "counter" | "gauge";
  readonly samples: readonly Sample[];
}

/** The content type that Prometheus reads this as. */
export const PROMETHEUS_TYPE = Registry.PROMETHEUS_CONTENT_TYPE;

/** The text that Prometheus scrapes: help, type and samples of each metric; one without samples is left out. */
export async function formatMetricsText(metrics: readonly Metric[]): Promise<string> {
  // One registry per scrape: what the run log no longer says must not be told on from memory.
  const registry = new Registry();
  const shown = metrics.filter(({ samples }) => samples.length > 0);
  for (const metric of shown) register(registry, metric);
  const texts = await Promise.all(shown.map(({ name }) => registry.getSingleMetricAsString(name)));
  return texts.map((text) => `${text}\n`).join("");
}

function register(registry: Registry, { name, help, type, samples }: Metric): void {
  const labelNames = Object.keys(samples[0]?.labels ?? {});
  const options = { name, help, labelNames, registers: [registry] };
  if (type === "counter") {
    const counter = new Counter(options);
    for (const { labels, value } of samples) counter.inc(labels ?? {}, value);
  } else {
    const gauge = new Gauge(options);
    for (const { labels, value } of samples) gauge.set(labels ?? {}, value);
  }
}
