import assert from "node:assert/strict";
import { formatMetricsText } from "../../../../pipeline/scheduler/metrics/prometheus_text.ts";

Deno.test("formatMetricsText() writes help, type and samples", () => {
  const text = formatMetricsText([
    {
      name: "rental_run_status",
      help: "How it stands",
      type: "gauge",
      samples: [
        { labels: { dag_id: "leads", status: "success" }, value: 1 },
        { labels: { dag_id: "leads", status: "failed" }, value: 0 },
      ],
    },
    {
      name: "process_cpu_seconds_total",
      help: "Time",
      type: "counter",
      samples: [{ value: 1.25 }],
    },
  ]);
  assert.equal(
    text,
    `# HELP rental_run_status How it stands
# TYPE rental_run_status gauge
rental_run_status{dag_id="leads",status="success"} 1
rental_run_status{dag_id="leads",status="failed"} 0
# HELP process_cpu_seconds_total Time
# TYPE process_cpu_seconds_total counter
process_cpu_seconds_total 1.25
`,
  );
});

Deno.test("formatMetricsText() leaves out a metric without samples", () => {
  assert.equal(formatMetricsText([{ name: "a", help: "b", type: "gauge", samples: [] }]), "");
});

Deno.test("formatMetricsText() escapes backslash, line end and, in labels, quotes", () => {
  const odd = 'C:\\x "y"\nz';
  const text = formatMetricsText([
    { name: "a", help: odd, type: "gauge", samples: [{ labels: { b: odd }, value: 0 }] },
  ]);
  assert.equal(
    text,
    '# HELP a C:\\\\x "y"\\nz\n# TYPE a gauge\na{b="C:\\\\x \\"y\\"\\nz"} 0\n',
  );
});
