import assert from "node:assert/strict";
import { HeatMap } from "../../../../lib/dashboard/charts/heat_map.tsx";
import { CHART, legend, plotHead } from "../../../support/chart_markup.ts";
import { HOSTILE_NAMES } from "../../../support/gallery.tsx";
import { elementsOf, render } from "../../../support/markup.ts";

const AXIS = { step: "day", from: "2026-05-01", to: "2026-05-04" } as const;

const STATES = [
  { key: "r", name: "Rented", tone: "main" },
  { key: "d", name: "Double", tone: "bad", isHatched: true },
] as const;

Deno.test("HeatMap() draws one path for each state, with neighbours joined and gaps left out", async () => {
  const chart = (
    <HeatMap
      {...CHART}
      axis={AXIS}
      rows={[{ key: "1", name: "Audi", href: "/c/1" }, { key: "2", name: "Golf" }]}
      states={STATES}
      stateOf={(row, at) =>
        row === "1" ? (at < "2026-05-03" ? "r" : "d") : at === "2026-05-02" ? null : "r"}
    />
  );
  assert.equal(
    await render(chart),
    `${legend(["box tone-main", "Rented"], ["striped tone-bad", "Double"])}
<div class="heat-map">
<ul class="heat-rows">
<li class="clip" title="Audi">
<a href="/c/1">
<bdi>Audi</bdi>
</a>
</li>
<li class="clip" title="Golf">
<bdi>Golf</bdi>
</li>
</ul>
${plotHead(72)}
<defs>
<pattern id="a-d" class="tone-bad" width="1" height="6" patternUnits="userSpaceOnUse">
<rect class="hatch-ground" width="1" height="6">
</rect>
<rect class="hatch-stripe" width="1" height="3">
</rect>
</pattern>
</defs>
<g class="slot-axis" aria-hidden="true">
<g class="">
<line class="level" x1="0%" x2="0%" y1="18" y2="72">
</line>
<text class="tick" x="0%" y="13" text-anchor="start">1 May</text>
</g>
<g class="">
<line class="level" x1="25%" x2="25%" y1="18" y2="72">
</line>
<text class="tick" x="25%" y="13" text-anchor="start">2 May</text>
</g>
<g class="">
<line class="level" x1="50%" x2="50%" y1="18" y2="72">
</line>
<text class="tick" x="50%" y="13" text-anchor="start">3 May</text>
</g>
<g class="">
<line class="level" x1="75%" x2="75%" y1="18" y2="72">
</line>
<text class="tick" x="75%" y="13" text-anchor="start">4 May</text>
</g>
</g>
<svg class="stretched" width="100%" y="24" height="48" viewBox="0 0 4 48" preserveAspectRatio="none">
<path class="cells bar tone-main" d="M0,3h2v18h-2zM0,27h1v18h-1zM2,27h2v18h-2z">
</path>
<path class="cells" d="M2,3h2v18h-2z" fill="url(#a-d)">
</path>
</svg>
</svg>
</div>`,
  );
});

Deno.test("HeatMap() says why there is nothing when no cell has a known state", async () => {
  const rows = [{ key: "1", name: "Audi" }];
  const chart = (
    <HeatMap
      {...CHART}
      axis={AXIS}
      rows={rows}
      states={STATES}
      stateOf={() => "unknown"}
    />
  );
  assert.equal(await render(chart), `<p class="empty-chart">Nothing yet.</p>`);
});

Deno.test("HeatMap() draws one cell when there is one car and one day", async () => {
  const axis = { step: "day", from: "2026-05-01", to: "2026-05-01" } as const;
  const rows = [{ key: "1", name: "Audi" }];
  const chart = <HeatMap {...CHART} axis={axis} rows={rows} states={STATES} stateOf={() => "r"} />;
  assert.deepEqual(
    elementsOf(await render(chart), "path"),
    [
      `<path class="cells bar tone-main" d="M0,3h1v18h-1z">`,
    ],
  );
});

Deno.test("HeatMap() keeps hostile names and addresses inert", async () => {
  const rows = HOSTILE_NAMES.map((name) => ({ key: name, name, href: "javascript:alert(1)" }));
  const chart = <HeatMap {...CHART} axis={AXIS} rows={rows} states={STATES} stateOf={() => "r"} />;
  const text = await render(chart);
  assert.deepEqual(elementsOf(text, "a", "img"), []);
  assert.ok(text.includes(`<bdi>محمد بن عبد الله الخوارزمي</bdi>`));
});
