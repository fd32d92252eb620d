import type { BenchTable } from "./bench_table.ts";
import { medianOf } from "./quantiles.ts";

/** The tasks whose sum is held against the baseline, which does what they do. */
export const COMPARED: readonly string[] = [
  "merge_ods_leads",
  "merge_fact_lead_status_change",
  "merge_fact_rentals",
  "merge_fact_fleet_usage_day",
];

/** What stands between two days. */
export type DayKind = "first" | "nothing" | "changes";

/** Seconds of one task of a day. */
export interface TaskTime {
  readonly taskId: string;
  /** Of its own work and of the commit. */
  readonly work: number;
  /** Of the checks that guard it. */
  readonly checks: number;
}

/** The seconds of one day: ours by task, and those of the baseline. */
export interface DayTime {
  readonly tasks: readonly TaskTime[];
  readonly baseline: number;
}

/** Days of one kind, each measured: what is told of them is the middle. */
export interface SameDays {
  readonly name: string;
  readonly kind: DayKind;
  readonly measured: readonly DayTime[];
}

/** The days of a warehouse of one size. */
export interface SizedDays {
  readonly leads: number;
  readonly days: readonly SameDays[];
}

/** From so many leads on, changes must be 20 times as fast as a full comparison; below it, 5 times. */
const LARGE = 1_000_000;

/** At most so many times the seconds of the warehouse one size smaller. */
const WANTED_GROWTH = 1.3;

/** The ratios and the tasks of each size, and what grew from each size to the next. */
export function toDayTables(sizes: readonly SizedDays[]): BenchTable[] {
  const growths = sizes.slice(1).flatMap((one, i) => {
    const before = sizes[i];
    return before ? [toGrowth(before, one)] : [];
  });
  return [...sizes.flatMap((one) => [toRatios(one), toTasks(one)]), ...growths];
}

function toRatios({ leads, days }: SizedDays): BenchTable {
  return {
    title: `A day with ${count(leads)} leads against a full comparison`,
    head: [
      ...["day", "ratio", "from", "to", "wanted at most", "seconds", "full comparison, s"],
      ...["checks, % of it", "days"],
    ],
    rows: days.map((day) => {
      const ratios = day.measured.map((one) => sumOf(one) / one.baseline);
      return [
        day.name,
        ...[medianOf(ratios), Math.min(...ratios), Math.max(...ratios)].map((one) =>
          one.toFixed(3)
        ),
        String(wantedRatio(day.kind, leads)),
        middleOf(day, sumOf).toFixed(2),
        middleOf(day, ({ baseline }) => baseline).toFixed(2),
        middleOf(day, (one) => 100 * checksOf(one) / sumOf(one)).toFixed(0),
        String(day.measured.length),
      ];
    }),
    notes: [
      `Seconds: ${COMPARED.join(", ")}, each with its checks and its commit.`,
      "Baseline: merges that compare everything, the same leads on the same server in the same run.",
      "Of several days of a kind, each with other leads that change: the middle of each figure, and the ratios from the smallest to the largest.",
    ],
  };
}

function toTasks({ leads, days }: SizedDays): BenchTable {
  const ids = [
    ...new Set(
      days.flatMap(({ measured }) => measured.flatMap(({ tasks }) => tasks))
        .map(({ taskId }) => taskId),
    ),
  ];
  return {
    title: `Seconds of each task with ${count(leads)} leads, of it checks`,
    head: ["task", ...days.map(({ name }) => name)],
    rows: [...ids.filter(isCompared), ...ids.filter((id) => !isCompared(id))].map((id) => [
      id,
      ...days.map((day) => {
        const checks = middleOf(day, ({ tasks }) => taskOf(tasks, id)?.checks ?? NaN);
        return `${middleOf(day, (one) => secondsOf(one, id)).toFixed(3)} (${checks.toFixed(3)})`;
      }),
    ]),
    notes: ["The first four are those of the table above, each the middle of its days."],
  };
}

/** A first build takes longer where there is more, so it is left out. */
function toGrowth(before: SizedDays, after: SizedDays): BenchTable {
  const pairs = after.days.flatMap((day, i) => {
    const same = before.days[i];
    return same && day.kind !== "first" ? [{ day, same }] : [];
  });
  return {
    title: `From ${count(before.leads)} to ${count(after.leads)} leads`,
    head: ["times the seconds", ...pairs.map(({ day }) => day.name)],
    rows: [
      ...COMPARED.map((id) => [
        id,
        ...pairs.map((pair) => growthOf(pair, (one) => secondsOf(one, id))),
      ]),
      ["sum", ...pairs.map((pair) => growthOf(pair, sumOf))],
      ["full comparison", ...pairs.map((pair) => growthOf(pair, ({ baseline }) => baseline))],
    ],
    notes: [`Wanted of each: at most ${WANTED_GROWTH}.`],
  };
}

function wantedRatio(kind: DayKind, leads: number): number {
  if (kind === "first") return 3;
  return kind === "nothing" || leads >= LARGE ? 0.05 : 0.2;
}

function isCompared(taskId: string): boolean {
  return COMPARED.includes(taskId);
}

/** The middle of a figure of days of one kind. */
function middleOf({ measured }: SameDays, figure: (day: DayTime) => number): number {
  return medianOf(measured.map(figure));
}

function growthOf(
  { day, same }: { readonly day: SameDays; readonly same: SameDays },
  figure: (day: DayTime) => number,
): string {
  return (middleOf(day, figure) / middleOf(same, figure)).toFixed(2);
}

function taskOf(tasks: readonly TaskTime[], id: string): TaskTime | undefined {
  return tasks.find(({ taskId }) => taskId === id);
}

function secondsOf({ tasks }: DayTime, id: string): number {
  const task = taskOf(tasks, id);
  return task ? task.work + task.checks : NaN;
}

function sumOf(day: DayTime): number {
  return COMPARED.reduce((sum, id) => sum + secondsOf(day, id), 0);
}

function checksOf({ tasks }: DayTime): number {
  return tasks.filter(({ taskId }) => isCompared(taskId)).reduce(
    (sum, { checks }) => sum + checks,
    0,
  );
}

function count(value: number): string {
  return value.toLocaleString("en");
}
