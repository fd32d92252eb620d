import assert from "node:assert/strict";
import { StackedBarChart } from "../../../../lib/dashboard/charts/stacked_bar_chart.tsx";
import { CHART, grid, legend, plotHead, valueAxis } from "../../../support/chart_markup.ts";
import { elementsOf, render } from "../../../support/markup.ts";

Deno.test("StackedBarChart() stacks what is above 0 upwards and what is below downwards", async () => {
  const chart = (
    <StackedBarChart
      {...CHART}
      axis={{ labels: ["a", "b"] }}
      series={[
        { name: "x", tone: "main", points: [{ at: "a", value: 1 }, { at: "b", value: 0 }] },
        { name: "y", tone: "bad", points: [{ at: "a", value: -2 }, { at: "b", value: null }] },
        { name: "z", tone: "good", points: [{ at: "a", value: 3 }] },
      ]}
    />
  );
  assert.equal(
    await render(chart),
    `${legend(["box tone-main", "x"], ["box tone-bad", "y"], ["box tone-good", "z"])}
<div class="chart">
${valueAxis([214, "-2"], [147.33, "0"], [80.67, "2"], [14, "4"])}
${plotHead(242)}
${grid(["level", 210], ["zero", 143.33], ["level", 76.67], ["level", 10])}
<g class="bars stacked tone-main">
<rect class="bar" x="6%" width="38%" y="110" height="33.33">
</rect>
<rect class="bar" x="56%" width="38%" y="141.83" height="1.5">
</rect>
</g>
<g class="bars stacked tone-bad">
<rect class="bar" x="6%" width="38%" y="143.33" height="66.67">
</rect>
</g>
<g class="bars stacked tone-good">
<rect class="bar" x="6%" width="38%" y="10" height="100">
</rect>
</g>
<g class="slot-axis" aria-hidden="true">
<text class="tick" x="25%" text-anchor="middle" y="225">a</text>
<text class="tick" x="75%" text-anchor="middle" y="225">b</text>
</g>
<g class="marks">
</g>
<g class="tips">
<rect x="0%" width="50%" y="10" height="200">
<title>a
x: 1
y: -2
z: 3</title>
</rect>
<rect x="50%" width="50%" y="10" height="200">
<title>b
x: 0
y: no data
z: no data</title>
</rect>
</g>
</svg>
</div>`,
  );
});

Deno.test("StackedBarChart() says why there is nothing when nothing has a value", async () => {
  const chart = (
    <StackedBarChart
      {...CHART}
      axis={{ labels: ["a"] }}
      series={[{ name: "x", tone: "main", points: [{ at: "a", value: null }] }]}
    />
  );
  assert.equal(await render(chart), `<p class="empty-chart">Nothing yet.</p>`);
});

Deno.test("StackedBarChart() hatches each part of an unfinished day in its own colour", async () => {
  const points = [{ at: "2026-05-02", value: 1 }];
  const chart = (
    <StackedBarChart
      {...CHART}
      axis={{ step: "day", from: "2026-05-01", to: "2026-05-02" }}
      series={[{ name: "x", tone: "confirmed", points }, { name: "y", tone: "on_rent", points }]}
      unfinished={["2026-05-02"]}
    />
  );
  assert.deepEqual(
    elementsOf(await render(chart), "rect").filter((line) => line.includes("bar unfinished")),
    [
      `<rect class="bar unfinished" x="56%" width="38%" y="110" height="100" fill="url(#a-confirmed)">`,
      `<rect class="bar unfinished" x="56%" width="38%" y="10" height="100" fill="url(#a-on_rent)">`,
    ],
  );
});

Deno.test("StackedBarChart() leaves room beside a month that stands alone", async () => {
  const chart = (
    <StackedBarChart
      {...CHART}
      axis={{ labels: ["June"] }}
      series={[{ name: "x", tone: "main", points: [{ at: "June", value: 1 }] }]}
    />
  );

  assert.deepEqual(elementsOf(await render(chart), "rect"), [
    '<rect class="bar" x="40%" width="20%" y="10" height="200">',
    '<rect x="0%" width="100%" y="10" height="200">',
  ]);
});
