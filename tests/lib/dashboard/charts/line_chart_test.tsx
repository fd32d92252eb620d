import assert from "node:assert/strict";
import { LineChart } from "../../../../lib/dashboard/charts/line_chart.tsx";
import {
  CHART,
  grid,
  hatching,
  legend,
  plotHead,
  valueAxis,
} from "../../../support/chart_markup.ts";
import { HOSTILE_NAMES } from "../../../support/gallery.tsx";
import { elementsOf, render } from "../../../support/markup.ts";

const AXIS = { step: "day", from: "2026-05-01", to: "2026-05-04" } as const;

Deno.test("LineChart() draws 0 as 0, no data as a gap, and hatches what is unfinished", async () => {
  const points = [
    { at: "2026-05-01", value: 0 },
    { at: "2026-05-02", value: "10" },
    { at: "2026-05-04", value: 4 },
  ];
  const chart = (
    <LineChart
      {...CHART}
      axis={AXIS}
      series={[{ name: "May", tone: "main", points }]}
      unfinished={["2026-05-04"]}
    />
  );
  assert.equal(
    await render(chart),
    `${legend(["line tone-main", "May"], ["hatched tone-faint", "Unfinished"])}
<div class="chart">
${valueAxis([214, "0"], [174, "2"], [134, "4"], [94, "6"], [54, "8"], [14, "10"])}
${plotHead(242)}
${hatching("a-unfinished", "tone-faint")}
${grid(["zero", 210], ["level", 170], ["level", 130], ["level", 90], ["level", 50], ["level", 10])}
<g class="unfinished">
<rect x="75%" width="25%" y="10" height="200" fill="url(#a-unfinished)">
</rect>
</g>
<svg class="stretched" width="100%" height="242" viewBox="0 0 1000 242" preserveAspectRatio="none">
<path class="line tone-main" d="M125,210L375,10M875,130Z" vector-effect="non-scaling-stroke">
</path>
</svg>
<g class="dots tone-main">
<circle cx="87.5%" cy="130" r="3.5">
</circle>
</g>
<g class="slot-axis" aria-hidden="true">
<text class="tick" x="12.5%" text-anchor="middle" y="225">1 May</text>
<text class="tick" x="12.5%" text-anchor="middle" y="239">2026</text>
<text class="tick" x="37.5%" text-anchor="middle" y="225">2 May</text>
<text class="tick" x="62.5%" text-anchor="middle" y="225">3 May</text>
<text class="tick" x="87.5%" text-anchor="middle" y="225">4 May</text>
</g>
<g class="marks">
</g>
<g class="tips">
<rect x="0%" width="25%" y="10" height="200">
<title>1 May 2026
May: 0</title>
</rect>
<rect x="25%" width="25%" y="10" height="200">
<title>2 May 2026
May: 10</title>
</rect>
<rect x="50%" width="25%" y="10" height="200">
<title>3 May 2026
May: no data</title>
</rect>
<rect x="75%" width="25%" y="10" height="200">
<title>4 May 2026 (unfinished)
May: 4</title>
</rect>
</g>
</svg>
</div>`,
  );
});

Deno.test("LineChart() says why there is nothing when no point has a value", async () => {
  const points = [{ at: "2026-05-01", value: null }];
  const chart = <LineChart {...CHART} axis={AXIS} series={[{ name: "x", tone: "main", points }]} />;
  assert.equal(await render(chart), `<p class="empty-chart">Nothing yet.</p>`);
});

Deno.test("LineChart() draws a dot when there is one point", async () => {
  const points = [{ at: "2026-05-02", value: "0.00042" }];
  const chart = (
    <LineChart {...CHART} kind="money" axis={AXIS} series={[{ name: "x", tone: "main", points }]} />
  );
  assert.deepEqual(elementsOf(await render(chart), "circle"), [
    `<circle cx="37.5%" cy="42" r="3.5">`,
  ]);
});

Deno.test("LineChart() goes below its zero line when values are negative", async () => {
  const points = [{ at: "2026-05-01", value: -5 }, { at: "2026-05-02", value: 5 }];
  const chart = <LineChart {...CHART} axis={AXIS} series={[{ name: "x", tone: "main", points }]} />;
  const text = await render(chart);
  assert.deepEqual(elementsOf(text, "path"), [
    `<path class="line tone-main" d="M125,193.33L375,26.67" vector-effect="non-scaling-stroke">`,
  ]);
  assert.ok(text.includes(`<line class="zero" x1="0" x2="100%" y1="110" y2="110">`));
});

Deno.test("LineChart() dashes a comparison and draws it below, and leaves out days outside", async () => {
  const now = [{ at: "2026-05-01", value: 1 }, { at: "2026-05-02", value: 2 }];
  const before = [...now, { at: "2026-06-01", value: 1 }];
  const chart = (
    <LineChart
      {...CHART}
      axis={AXIS}
      series={[
        { name: "May", tone: "main", points: now },
        { name: "April", tone: "second", points: before, isComparison: true },
      ]}
      marks={[{ at: "2026-05-02", text: "A check failed" }]}
    />
  );
  const text = await render(chart);
  assert.deepEqual(elementsOf(text, "path"), [
    `<path class="line tone-second dashed" d="M125,110L375,10" vector-effect="non-scaling-stroke">`,
    `<path class="line tone-main" d="M125,110L375,10" vector-effect="non-scaling-stroke">`,
  ]);
  assert.ok(text.includes("<title>A check failed</title>"));
  assert.ok(text.endsWith(`<ol class="mark-list">\n<li>\n<bdi>A check failed</bdi>\n</li>\n</ol>`));
});

Deno.test("LineChart() keeps hostile, long and right-to-left names as isolated text", async () => {
  const points = [{ at: "2026-05-01", value: 1 }];
  const series = HOSTILE_NAMES.map((name) => ({ name, tone: "main", points }) as const);
  const text = await render(<LineChart {...CHART} axis={AXIS} series={series} />);
  assert.deepEqual(text.split("\n").filter((line) => line.startsWith("<bdi>")), [
    "<bdi>&lt;img src=x onerror=&quot;alert(1)&quot;&gt;</bdi>",
    "<bdi>Hubert Blaine Wolfeschlegelsteinhausenbergerdorff senior, of Philadelphia</bdi>",
    "<bdi>محمد بن عبد الله الخوارزمي</bdi>",
    "<bdi>\u202eevil\u202c right to left</bdi>",
  ]);
  assert.deepEqual(elementsOf(text, "img"), []);
});
