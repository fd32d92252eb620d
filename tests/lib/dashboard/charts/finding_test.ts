import assert from "node:assert/strict";
import {
  extremesText,
  type FindingProps,
  totalsText,
} from "../../../../lib/dashboard/charts/finding.ts";
import { createFormat } from "../../../../lib/dashboard/words/format.ts";

const SETTINGS = { timeZone: "Asia/Dubai", currency: "AED" } as const;

function chart(values: readonly (string | null)[], more: Partial<FindingProps> = {}): FindingProps {
  return {
    axis: { step: "month", from: "2026-01-01", to: "2026-12-01" },
    format: createFormat({ ...SETTINGS, language: "en" }),
    kind: "ratio",
    series: [{
      name: "Utilisation",
      tone: "main",
      points: values.map((value, index) => ({ at: `2026-0${index + 1}-01`, value })),
    }],
    ...more,
  };
}

Deno.test("extremesText() names the first of the greatest and of the least finished values", () => {
  const values = ["0.5", "0.7", null, "0.4", "0.7", "0.4", "0.1"];
  const unfinished = ["2026-07-01"];
  assert.equal(
    extremesText(chart(values, { unfinished })),
    "Highest 70.0% (February 2026), lowest 40.0% (April 2026).",
  );
  const russian = createFormat({ ...SETTINGS, language: "ru" });
  assert.equal(
    extremesText(chart(values, { unfinished, format: russian })),
    "Больше всего 70,0\u00a0% (февраль 2026), меньше всего 40,0\u00a0% (апрель 2026).",
  );
});

Deno.test("extremesText() says once what is the same throughout, and nothing of a single value", () => {
  assert.equal(extremesText(chart(["0.5", "0.5"])), "50.0% throughout.");
  assert.equal(extremesText(chart(["0.5", null])), null);
  assert.equal(extremesText(chart([], { series: [] })), null);
});

Deno.test("totalsText() sums each series, and says nothing where all are 0", () => {
  const series = (name: string, values: readonly number[]) => ({
    name,
    tone: "main" as const,
    points: values.map((value, index) => ({ at: `2026-0${index + 1}-01`, value })),
  });
  const closed = series("Closed", [1200, 34]);
  const lost = series("No-shows", [0, 0]);
  assert.equal(
    totalsText(chart([], { kind: "count", series: [closed, lost] })),
    "In all: closed 1,234, no-shows 0.",
  );
  assert.equal(totalsText(chart([], { kind: "count", series: [lost] })), null);
});
