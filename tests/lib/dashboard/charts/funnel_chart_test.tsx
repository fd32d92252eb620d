import assert from "node:assert/strict";
import { FunnelChart } from "../../../../lib/dashboard/charts/funnel_chart.tsx";
import { CHART } from "../../../support/chart_markup.ts";
import { HOSTILE_NAMES } from "../../../support/gallery.tsx";
import { elementsOf, render } from "../../../support/markup.ts";

Deno.test("FunnelChart() shows each step as a share of the first and of the one before", async () => {
  const chart = (
    <FunnelChart
      {...CHART}
      steps={[
        { name: "Inquiry", tone: "inquiry", value: 4 },
        { name: "Quote", tone: "quote", value: "3", href: "/funnel" },
      ]}
    />
  );
  assert.equal(
    await render(chart),
    `<div class="funnel" role="group" aria-label="Revenue">
<p class="visually-hidden">A line.</p>
<table class="funnel-steps">
<thead>
<tr>
<th scope="col">Stage</th>
<td>
</td>
<th scope="col" class="number">Count</th>
<th scope="col" class="number">Of all</th>
<th scope="col" class="number wide-only">Of the step before</th>
</tr>
</thead>
<tbody>
<tr>
<th scope="row">
<span class="clip" title="Inquiry">
<bdi>Inquiry</bdi>
</span>
</th>
<td class="funnel-bar">
<svg width="100%" height="24" aria-hidden="true" class="tone-inquiry">
<rect class="funnel-ground" width="100%" height="24" rx="3">
</rect>
<rect class="bar" width="100%" height="24" rx="3">
</rect>
</svg>
</td>
<td class="number">4</td>
<td class="number">100.0%</td>
<td class="number wide-only">—</td>
</tr>
<tr>
<th scope="row">
<span class="clip" title="Quote">
<bdi>Quote</bdi>
</span>
</th>
<td class="funnel-bar">
<svg width="100%" height="24" aria-hidden="true" class="tone-quote">
<rect class="funnel-ground" width="100%" height="24" rx="3">
</rect>
<rect class="bar" width="75%" height="24" rx="3">
</rect>
</svg>
</td>
<td class="number">
<a href="/funnel">3</a>
</td>
<td class="number">75.0%</td>
<td class="number wide-only">75.0%</td>
</tr>
</tbody>
</table>
</div>`,
  );
});

Deno.test("FunnelChart() says why there is nothing when all steps are 0", async () => {
  const steps = [{ name: "Inquiry", tone: "inquiry", value: 0 }] as const;
  const chart = <FunnelChart {...CHART} steps={steps} />;
  assert.equal(await render(chart), `<p class="empty-chart">Nothing yet.</p>`);
});

Deno.test("FunnelChart() draws one step full, a negative one as nothing, and marks the period before", async () => {
  const steps = [
    { name: "Inquiry", tone: "inquiry", value: 10, before: 20 },
    { name: "Quote", tone: "quote", value: -1 },
  ] as const;
  const chart = <FunnelChart {...CHART} steps={steps} comparison="April" />;
  const text = await render(chart);
  const bars = elementsOf(text, "rect").filter((line) => !line.includes("ground"));
  assert.deepEqual(bars.map((line) => line.replaceAll(/ height.*/g, "")), [
    `<rect class="bar" width="50%"`,
    `<rect class="funnel-before" x="100%" width="3"`,
    `<rect class="bar" width="0%"`,
  ]);
  assert.ok(text.includes("<title>April: 20</title>"));
});

Deno.test("FunnelChart() cuts long names by style with the whole as a title, and isolates directions", async () => {
  const steps = HOSTILE_NAMES.map((name) => ({ name, tone: "main", value: 1 }) as const);
  const text = await render(<FunnelChart {...CHART} steps={steps} />);
  assert.deepEqual(elementsOf(text, "img"), []);
  assert.ok(
    text.includes(
      `<span class="clip" title="محمد بن عبد الله الخوارزمي">\n<bdi>محمد بن عبد الله الخوارزمي</bdi>`,
    ),
  );
});
