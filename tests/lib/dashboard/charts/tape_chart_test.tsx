import assert from "node:assert/strict";
import type { TapeBar, TapeRow } from "../../../../lib/dashboard/charts/tape.ts";
import { TapeChart } from "../../../../lib/dashboard/charts/tape_chart.tsx";
import { legend } from "../../../support/chart_markup.ts";
import { HOSTILE_NAMES } from "../../../support/gallery.tsx";
import { elementsOf, FORMAT, render } from "../../../support/markup.ts";

const CHART = {
  id: "a",
  title: "Revenue",
  description: "A line.",
  format: FORMAT,
  emptyText: "No car yet.",
  from: "2026-05-01",
  to: "2026-05-04",
  today: "2026-05-02",
  weekendDays: [6],
  freeOn: (at: string) => at > "2026-05-03" ? null : 1,
};

const BAR: TapeBar = {
  key: "7",
  first: "2026-05-01",
  last: "2026-05-02",
  initials: "AB",
  name: "A B",
  stage: "confirmed",
  href: "/lead/7",
};

const rowOf = (...bars: readonly TapeBar[]): TapeRow => ({ key: "1", name: "Audi", bars });

/** The cells of the lanes: their width in days and what is in them, "" for a gap. */
async function lanesIn(row: TapeRow, days: Partial<typeof CHART> = {}): Promise<string[]> {
  const text = await render(<TapeChart {...CHART} {...days} rows={[row]} />);
  const lanes = text.split(`aria-hidden="true">\n<tr>`)[1]?.split("<tr>\n").slice(1) ?? [];
  return lanes.map((lane) =>
    [...lane.matchAll(/<td colspan="(\d+)">(?:\n<(?:a|span) class="tape-bar ([^"]+)")?/g)]
      .map(([_, days, look]) => `${days} ${look ?? "-"}`).join(", ")
  );
}

Deno.test("TapeChart() stacks double bookings, runs overdue ones to today and hatches tomorrow", async () => {
  const row: TapeRow = {
    key: "1",
    name: "Audi",
    detail: "B 1",
    href: "/car/1",
    marks: [{ at: "2026-05-03", text: "B 1 → B 2" }],
    bars: [
      { ...BAR, first: "2026-04-30", last: "2026-05-01", stage: "on_rent", isOverdue: true },
      {
        ...BAR,
        key: "8",
        first: "2026-05-02",
        last: "2026-05-09",
        initials: "CD",
        name: "C D",
        href: null,
        isDoubleBooked: true,
      },
    ],
  };
  assert.equal(
    await render(<TapeChart {...CHART} rows={[row]} />),
    `${
      legend(
        ["box tone-confirmed", "Confirmed"],
        ["box tone-on_rent", "On rent"],
        ["framed tone-bad", "Double booked"],
        ["box tone-bad", "Overdue"],
        ["hatched tone-bad", "May last into tomorrow"],
      )
    }
<div class="tape-window" role="region" tabindex="0" aria-label="Revenue, can be scrolled sideways">
<table class="tape">
<caption class="visually-hidden">Revenue. A line.</caption>
<colgroup>
<col class="tape-name">
<col class="tape-day" span="4">
</colgroup>
<thead>
<tr>
<th scope="col" class="tape-corner">Car</th>
<th scope="col">
<span class="weekday">Fri</span>
<span class="day">1</span>
<span class="month">May</span>
</th>
<th scope="col" class="today" aria-current="date">
<span class="weekday">Sat</span>
<span class="day">2</span>
<span class="visually-hidden">May</span>
</th>
<th scope="col">
<span class="weekday">Sun</span>
<span class="day">3</span>
<span class="visually-hidden">May</span>
</th>
<th scope="col">
<span class="weekday">Mon</span>
<span class="day">4</span>
<span class="visually-hidden">May</span>
</th>
</tr>
<tr class="tape-free">
<th scope="row">Free cars</th>
<td>1</td>
<td>1</td>
<td>1</td>
<td>—</td>
</tr>
</thead>
<tbody class="tape-ground-row" aria-hidden="true">
<tr>
<td colspan="5">
<svg class="tape-ground" width="100%" height="100%" aria-hidden="true">
<rect class="weekend" x="25%" width="25%" height="100%">
</rect>
<line class="level" x1="0%" x2="0%" y1="0" y2="100%">
</line>
<line class="level" x1="25%" x2="25%" y1="0" y2="100%">
</line>
<line class="level" x1="50%" x2="50%" y1="0" y2="100%">
</line>
<line class="level" x1="75%" x2="75%" y1="0" y2="100%">
</line>
<rect class="today" x="25%" width="25%" height="100%">
</rect>
</svg>
</td>
</tr>
</tbody>
<tbody>
<tr class="tape-marks">
<th scope="rowgroup" rowspan="3">
<a href="/car/1">
<bdi class="clip" title="Audi">Audi</bdi>
</a>
<bdi class="clip detail" title="B 1">B 1</bdi>
</th>
<td colspan="2">
</td>
<td colspan="2" class="tape-mark">
<bdi class="clip" title="B 1 → B 2">B 1 → B 2</bdi>
</td>
</tr>
<tr>
<td colspan="1">
<a class="tape-bar tone-on_rent cut-before" href="/lead/7" title="A B, On rent, 30 Apr – 1 May, Overdue">
<bdi>AB</bdi> <span class="visually-hidden">On rent</span>
</a>
</td>
<td colspan="1">
<span class="tape-bar overdue" title="A B, On rent, 30 Apr – 1 May, Overdue: Overdue">
<span class="stage-name">Overdue</span>
</span>
</td>
<td colspan="1">
<span class="tape-bar tomorrow" title="A B, On rent, 30 Apr – 1 May, Overdue: May last into tomorrow">
<span class="visually-hidden">May last into tomorrow</span>
</span>
</td>
<td colspan="1">
</td>
</tr>
<tr>
<td colspan="1">
</td>
<td colspan="3">
<span class="tape-bar tone-confirmed double cut-after" title="C D, Confirmed, 2 May – 9 May, Double booked">
<span class="double-sign">!<span class="visually-hidden">Double booked</span>
</span>
<bdi>CD</bdi> <span class="stage-name">Confirmed</span>
</span>
</td>
</tr>
</tbody>
</table>
</div>`,
  );
});

Deno.test("TapeChart() says why there is nothing when there are no cars", async () => {
  const chart = <TapeChart {...CHART} rows={[]} />;
  assert.equal(await render(chart), `<p class="empty-chart">No car yet.</p>`);
});

Deno.test("TapeChart() shows a car without bookings as one empty lane", async () => {
  assert.deepEqual(await lanesIn(rowOf()), ["4 -"]);
});

Deno.test("TapeChart() keeps hand-overs in one lane and what shares a day in two", async () => {
  const handedOver = { ...BAR, key: "8", first: "2026-05-03", last: "2026-05-03" };
  const shared = { ...BAR, key: "9", first: "2026-05-02", last: "2026-05-04" };
  assert.deepEqual(await lanesIn(rowOf(handedOver, BAR)), [
    "2 tone-confirmed, 1 tone-confirmed, 1 -",
  ]);
  assert.deepEqual(await lanesIn(rowOf(shared, handedOver, BAR)), [
    "2 tone-confirmed, 1 tone-confirmed, 1 -",
    "1 -, 3 tone-confirmed",
  ]);
});

Deno.test("TapeChart() shows of a booking only what is on the tape", async () => {
  const long = { ...BAR, first: "2026-04-01", last: "2026-06-01" };
  const before = { ...BAR, first: "2026-04-01", last: "2026-04-30" };
  const after = { ...BAR, first: "2026-05-05", last: "2026-05-06" };
  assert.deepEqual(await lanesIn(rowOf(long)), ["4 tone-confirmed cut-before cut-after"]);
  assert.deepEqual(await lanesIn(rowOf(before, after)), ["4 -"]);
});

Deno.test("TapeChart() runs overdue bookings to a today that is beyond its edges", async () => {
  const overdue: TapeBar = { ...BAR, first: "2026-04-20", last: "2026-05-01", isOverdue: true };
  assert.deepEqual(await lanesIn(rowOf(overdue), { today: "2026-05-20" }), [
    "1 tone-confirmed cut-before, 3 overdue",
  ]);
  const earlier = { ...overdue, last: "2026-04-22" };
  assert.deepEqual(await lanesIn(rowOf(earlier), { today: "2026-04-30" }), ["1 tomorrow, 3 -"]);
  assert.deepEqual(await lanesIn(rowOf(earlier), { today: "2026-04-25" }), ["4 -"]);
});

Deno.test("TapeChart() keeps hostile, long and right-to-left names inert, cut and isolated", async () => {
  const rows = HOSTILE_NAMES.map((name, index): TapeRow => ({
    key: String(index),
    name,
    href: "javascript:alert(1)",
    bars: [{ ...BAR, initials: "مب", name, href: "javascript:alert(1)" }],
  }));
  const text = await render(<TapeChart {...CHART} rows={rows} />);
  assert.deepEqual(elementsOf(text, "a", "img"), []);
  assert.ok(text.includes("<bdi>مب</bdi>"));
  assert.ok(
    text.includes(
      `title="&lt;img src=x onerror=&quot;alert(1)&quot;&gt;, Confirmed, 1 May – 2 May"`,
    ),
  );
});
