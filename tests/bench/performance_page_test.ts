import assert from "node:assert/strict";
import { readTables } from "../../bench/support/bench_table.ts";
import { formatPerformancePage } from "../../bench/support/performance_page.ts";
import { toDayTables } from "../../bench/support/day_tables.ts";

const AROUND = {
  date: "2026-05-03",
  machine: "2 cores, 24 GB of memory, linux on x86_64",
  versions: "Deno 2.9.6, PostgreSQL 15.18",
};

function sectionOf(name: string, found: string) {
  const table = { title: "Found", head: ["", "ratio"], rows: [["a|b", found]], notes: ["So."] };
  return { name, options: ["--leads", "7"], seconds: 41.6, tables: [table] };
}

Deno.test("formatPerformancePage() writes what was measured, and keeps the other sections of the page before", () => {
  const names = ["day", "site", "stg_load"];
  const both = [sectionOf("day", "1"), sectionOf("site", "2")];
  const before = formatPerformancePage({ ...AROUND, date: "2026-05-01" }, names, both, "");
  const after = formatPerformancePage(AROUND, names, [sectionOf("site", "3")], before);
  const toSection = (name: string, date: string, found: string) => [
    "",
    `## ${name}`,
    "",
    `\`deno task bench ${name} --leads 7\` took 42 s on ${date}: ${AROUND.machine};`,
    "Deno 2.9.6, PostgreSQL 15.18.",
    "",
    "**Found**",
    "",
    "|  | ratio |",
    "|---|---:|",
    `| a\\|b | ${found} |`,
    "",
    "So.",
  ];
  assert.deepEqual(after.split("\n").slice(after.split("\n").indexOf("## day") - 1), [
    ...toSection("day", "2026-05-01", "1"),
    ...toSection("site", "2026-05-03", "3"),
    "",
  ]);
});

Deno.test("readTables() finds the tables in the last line, and none where a benchmark failed or was cut off", () => {
  const [table] = sectionOf("day", "1").tables;
  assert.deepEqual(readTables(`On the way\n${JSON.stringify([table])}\n`), [table]);
  assert.equal(readTables("On the way\nFound nothing\n"), null);
  assert.equal(readTables(JSON.stringify([table]).slice(0, -5)), null);
  assert.equal(readTables(""), null);
});

Deno.test("toDayTables() holds the merges with their checks against the baseline, and each size against the one before", () => {
  const ids = ["merge_ods_leads", "merge_fact_lead_status_change", "merge_fact_rentals"];
  const toTasks = (work: number) => [
    ...[...ids, "merge_fact_fleet_usage_day"].map((taskId) => ({ taskId, work, checks: 0.1 })),
    { taskId: "merge_dim_car", work: 9, checks: 0 },
  ];
  const toDay = (work: number, baseline = 10) => ({ tasks: toTasks(work), baseline });
  // The middle of three days, neither the first nor the mean of them.
  const toDays = (work: number) =>
    [
      { name: "First build", kind: "first", measured: [toDay(9 * work)] },
      {
        name: "7 changed",
        kind: "changes",
        measured: [toDay(5 * work, 25), toDay(work), toDay(work / 2, 5)],
      },
    ] as const;
  const tables = toDayTables([
    { leads: 200_000, days: toDays(0.4) },
    { leads: 1_000_000, days: toDays(0.9) },
  ]);
  assert.deepEqual(tables.map(({ title }) => title), [
    "A day with 200,000 leads against a full comparison",
    "Seconds of each task with 200,000 leads, of it checks",
    "A day with 1,000,000 leads against a full comparison",
    "Seconds of each task with 1,000,000 leads, of it checks",
    "From 200,000 to 1,000,000 leads",
  ]);
  assert.deepEqual(tables[0]?.rows, [
    ["First build", "1.480", "1.480", "1.480", "3", "14.80", "10.00", "3", "1"],
    ["7 changed", "0.240", "0.200", "0.336", "0.2", "2.00", "10.00", "20", "3"],
  ]);
  assert.deepEqual(tables[2]?.rows[1]?.slice(0, 2), ["7 changed", "0.440"]);
  assert.deepEqual(tables[1]?.rows.at(-1), ["merge_dim_car", "9.000 (0.000)", "9.000 (0.000)"]);
  assert.deepEqual(tables[4]?.rows, [
    ...["merge_ods_leads", "merge_fact_lead_status_change", "merge_fact_rentals"].map((id) => [
      id,
      "2.00",
    ]),
    ["merge_fact_fleet_usage_day", "2.00"],
    ["sum", "2.00"],
    ["full comparison", "1.00"],
  ]);
});
