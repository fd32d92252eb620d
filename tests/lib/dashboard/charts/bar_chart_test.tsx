import assert from "node:assert/strict";
import { BarChart } from "../../../../lib/dashboard/charts/bar_chart.tsx";
import {
  CHART,
  grid,
  hatching,
  legend,
  plotHead,
  valueAxis,
} from "../../../support/chart_markup.ts";
import { elementsOf, render } from "../../../support/markup.ts";

const MONTHS = { step: "month", from: "2025-12-01", to: "2026-02-28" } as const;

Deno.test("BarChart() draws 0 as a thin bar, a gap as none, and hatches an unfinished month", async () => {
  const points = [
    { at: "2025-12-01", value: 0 },
    { at: "2026-01-01", value: -5 },
    { at: "2026-02-01", value: 10 },
  ];
  const chart = (
    <BarChart
      {...CHART}
      axis={MONTHS}
      series={[
        { name: "May", tone: "main", points },
        {
          name: "Before",
          tone: "second",
          isComparison: true,
          points: [{ at: "2025-12-01", value: 2 }],
        },
      ]}
      unfinished={["2026-02-01"]}
    />
  );
  assert.equal(
    await render(chart),
    `${
      legend(["box tone-main", "May"], ["dashed tone-second", "Before"], [
        "hatched tone-main",
        "Unfinished",
      ])
    }
<div class="chart">
${valueAxis([214, "-5"], [147.33, "0"], [80.67, "5"], [14, "10"])}
${plotHead(242)}
${hatching("a-main", "tone-main")}
${grid(["level", 210], ["zero", 143.33], ["level", 76.67], ["level", 10])}
<g class="bars tone-main">
<rect class="bar" x="4%" width="25.33%" y="141.83" height="1.5">
</rect>
<rect class="bar" x="37.33%" width="25.33%" y="143.33" height="66.67">
</rect>
<rect class="bar unfinished" x="70.67%" width="25.33%" y="10" height="133.33" fill="url(#a-main)">
</rect>
</g>
<svg class="stretched" width="100%" height="242" viewBox="0 0 1000 242" preserveAspectRatio="none">
<path class="line dashed tone-second" d="M20,116.67H313.33" vector-effect="non-scaling-stroke">
</path>
</svg>
<g class="slot-axis" aria-hidden="true">
<text class="tick" x="16.67%" text-anchor="middle" y="225">Dec</text>
<text class="tick" x="16.67%" text-anchor="middle" y="239">2025</text>
<text class="tick" x="50%" text-anchor="middle" y="225">Jan</text>
<text class="tick" x="50%" text-anchor="middle" y="239">2026</text>
<text class="tick" x="83.33%" text-anchor="middle" y="225">Feb</text>
</g>
<g class="marks">
</g>
<g class="tips">
<rect x="0%" width="33.33%" y="10" height="200">
<title>December 2025
May: 0
Before: 2</title>
</rect>
<rect x="33.33%" width="33.33%" y="10" height="200">
<title>January 2026
May: -5
Before: no data</title>
</rect>
<rect x="66.67%" width="33.33%" y="10" height="200">
<title>February 2026 (unfinished)
May: 10
Before: no data</title>
</rect>
</g>
</svg>
</div>`,
  );
});

Deno.test("BarChart() says why there is nothing when there is no series", async () => {
  const chart = <BarChart {...CHART} axis={MONTHS} series={[]} />;
  assert.equal(await render(chart), `<p class="empty-chart">Nothing yet.</p>`);
});

Deno.test("BarChart() draws one bar when there is one point, side by side when there are two series", async () => {
  const points = [{ at: "2026-01-01", value: 3 }];
  const series = (["main", "bad"] as const).map((tone) => ({ name: tone, tone, points }));
  const text = await render(<BarChart {...CHART} axis={MONTHS} series={series} />);
  assert.deepEqual(elementsOf(text, "rect").filter((line) => line.includes(`class="bar`)), [
    `<rect class="bar" x="37.33%" width="12.67%" y="10" height="200">`,
    `<rect class="bar" x="50%" width="12.67%" y="10" height="200">`,
  ]);
});

Deno.test("BarChart() links bars with a name of their own, and only where the address may be followed", async () => {
  const points = [{ at: "2025-12-01", value: 1 }, { at: "2026-01-01", value: 2 }];
  const chart = (
    <BarChart
      {...CHART}
      axis={MONTHS}
      series={[{ name: "Leads", tone: "main", points }]}
      linkTo={(at) => at === "2025-12-01" ? "/money?from=2025-12-01" : "javascript:alert(1)"}
    />
  );
  const text = await render(chart);
  assert.ok(
    text.includes(`<a href="/money?from=2025-12-01" aria-label="December 2025\nLeads: 1">`),
  );
  assert.equal(text.includes("javascript:"), false);
  assert.ok(text.includes(`role="group"`));
});

Deno.test("BarChart() cuts long labels of its axis and keeps them whole in the text over the bar", async () => {
  const labels = ["0", "Hubert Blaine Wolfeschlegelsteinhausenbergerdorff", "محمد"];
  const points = labels.map((at) => ({ at, value: 1 }));
  const chart = (
    <BarChart {...CHART} axis={{ labels }} series={[{ name: "x", tone: "main", points }]} />
  );
  const text = await render(chart);
  assert.ok(text.includes(`text-anchor="middle" y="225">Hubert Blaine Wolfeschl…</text>`));
  assert.ok(
    text.includes("<title>Hubert Blaine Wolfeschlegelsteinhausenbergerdorff\nx: 1</title>"),
  );
});
