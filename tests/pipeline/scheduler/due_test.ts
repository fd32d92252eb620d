import fc from "fast-check";
import assert from "node:assert/strict";
import type { Catchup } from "../../../lib/config.ts";
import type { Dag } from "../../../lib/dag/dag.ts";
import { parseSchedule } from "../../../lib/dag/schedule.ts";
import type { ScheduledDag } from "../../../lib/dag/scheduled_dags.ts";
import type { TaskState } from "../../../lib/run_log/task_states.ts";
import { due, firstDateNeeded } from "../../../pipeline/scheduler/due.ts";
import { testDag } from "../../support/runs.ts";
import { stateOf } from "../../support/task_states.ts";

const ZONES = ["Asia/Dubai", "Europe/Berlin", "America/New_York"] as const;

interface Setting {
  readonly catchup?: Catchup;
  readonly time?: string;
  readonly timeZone?: string;
  readonly maxDays?: number;
  readonly dag?: Dag;
}

function dagOf(id: string, changes: Partial<Dag> = {}): Dag {
  return testDag(id, [{ id: "load", write: () => Promise.resolve({ metrics: {} }) }], changes);
}

function scheduled(setting: Setting = {}): ScheduledDag {
  const { catchup = "none", time = "04:00", timeZone = "Asia/Dubai", maxDays = 30 } = setting;
  return {
    dag: setting.dag ?? dagOf("leads"),
    schedule: parseSchedule(time, timeZone),
    catchup,
    catchupMaxDays: maxDays,
  };
}

function state(date: string, changes: Partial<TaskState> = {}): TaskState {
  return stateOf("leads", "load", { logical_date: date, ...changes });
}

const failed = (date: string, changes: Partial<TaskState>) =>
  state(date, { status: "failed", ...changes });

/** The dates that are due at a local time, with what the run log knows. */
function dueAt(
  local: string,
  states: readonly TaskState[],
  setting: Setting = {},
  first: string | undefined = states[0]?.logical_date,
): string[] {
  const { timeZone = "Asia/Dubai" } = setting;
  const now = Temporal.PlainDateTime.from(local).toZonedDateTime(timeZone).toInstant();
  const runLog = { states, firstDates: new Map(first ? [["leads", first]] : []) };
  return due([scheduled(setting)], runLog, now, timeZone).map(({ date }) => date.toString());
}

Deno.test("due() gives today's date from its slot on, and not before", () => {
  assert.deepEqual(dueAt("2026-05-03T03:59:59", []), []);
  assert.deepEqual(dueAt("2026-05-03T04:00", []), ["2026-05-03"]);
  assert.deepEqual(dueAt("2026-05-03T23:59", []), ["2026-05-03"]);
});

Deno.test("due() gives nothing when today has succeeded, failed or is under way", () => {
  for (
    const one of [
      state("2026-05-03"),
      failed("2026-05-03", { reason: "error" }),
      failed("2026-05-03", { reason: "cancelled" }),
      failed("2026-05-03", { status: "running" }),
      failed("2026-05-03", { status: "waiting" }),
    ]
  ) assert.deepEqual(dueAt("2026-05-03T05:00", [one]), []);
});

Deno.test("due() takes up what was cut off, for a week", () => {
  const cut = [failed("2026-05-03", { reason: "worker_died" })];
  assert.deepEqual(dueAt("2026-05-03T05:00", cut), ["2026-05-03"]);
  assert.deepEqual(dueAt("2026-05-10T03:00", cut), ["2026-05-03"]);
  assert.deepEqual(dueAt("2026-05-11T03:00", cut), []);
});

Deno.test("due() takes the older of two dates, and waits while it is under way", () => {
  const stopped = failed("2026-05-02", { reason: "stopped" });
  assert.deepEqual(dueAt("2026-05-03T05:00", [stopped]), ["2026-05-02"]);
  assert.deepEqual(dueAt("2026-05-03T05:00", [{ ...stopped, status: "running" }]), []);
  assert.deepEqual(dueAt("2026-05-03T05:00", [state("2026-05-02")]), ["2026-05-03"]);
});

Deno.test("due() takes up a refused run once its upstreams have all succeeded", () => {
  const dag = dagOf("leads", { waitsFor: [{ dag: "cars", task: "load" }, { dag: "clients" }] });
  const refused = failed("2026-05-03", { status: "upstream_failed", reason: "upstream" });
  const car = stateOf("cars", "load");
  const client = stateOf("clients", "load");
  const at = "2026-05-03T05:00";
  assert.deepEqual(dueAt(at, [refused, car], { dag }), []);
  assert.deepEqual(
    dueAt(at, [refused, car, { ...client, status: "failed", has_success: false }], { dag }),
    [],
  );
  assert.deepEqual(dueAt(at, [refused, car, client], { dag }), ["2026-05-03"]);
});

Deno.test("due() lets a DAG that follows another one wait while that is under way", () => {
  const leads = scheduled();
  const dag = dagOf("events", { follows: { dag: "leads", minutes: 15 } });
  const events = scheduled({ dag, time: "04:15" });
  const now = Temporal.Instant.from("2026-05-03T00:20:00Z");
  const dueWith = (leadsState: TaskState) => {
    const runLog = { states: [leadsState], firstDates: new Map() };
    return due([leads, events], runLog, now, "Asia/Dubai").map((run) => run.dag.id);
  };
  assert.deepEqual(dueWith(failed("2026-05-03", { status: "running" })), []);
  assert.deepEqual(dueWith(failed("2026-05-03", { reason: "error" })), ["events"]);
  assert.deepEqual(dueWith(state("2026-05-03")), ["events"]);
});

Deno.test("due() forgets a missed date under none, but for the hour after its slot", () => {
  assert.deepEqual(dueAt("2026-05-04T00:10", [state("2026-05-01")], { time: "23:30" }), [
    "2026-05-03",
  ]);
  assert.deepEqual(dueAt("2026-05-04T00:30", [state("2026-05-01")], { time: "23:30" }), []);
});

Deno.test("due() makes up the newest missed date under last", () => {
  const states = [state("2026-04-20")];
  assert.deepEqual(dueAt("2026-05-03T03:00", states, { catchup: "last" }), ["2026-05-02"]);
  assert.deepEqual(dueAt("2026-05-03T04:00", states, { catchup: "last" }), ["2026-05-03"]);
});

Deno.test("due() makes up every missed date under all, the oldest first, back to its cap", () => {
  const setting: Setting = { catchup: "all", maxDays: 3 };
  const known = [state("2026-04-01")];
  const order: string[] = [];
  for (let run = 0; run < 10; run++) {
    const [date] = dueAt("2026-05-03T04:00", known, setting);
    if (date === undefined) break;
    order.push(date);
    known.push(state(date));
  }
  assert.deepEqual(order, ["2026-04-30", "2026-05-01", "2026-05-02", "2026-05-03"]);
});

Deno.test("due() goes on behind a date that failed under all", () => {
  const states = [state("2026-05-01"), failed("2026-05-02", { reason: "error" })];
  assert.deepEqual(dueAt("2026-05-03T04:00", states, { catchup: "all" }), ["2026-05-03"]);
});

Deno.test("due() makes up nothing from before the first run", () => {
  for (const catchup of ["last", "all"] as const) {
    assert.deepEqual(dueAt("2026-05-03T03:00", [], { catchup }), []);
    assert.deepEqual(dueAt("2026-05-03T04:00", [], { catchup }), ["2026-05-03"]);
    assert.deepEqual(dueAt("2026-05-03T04:00", [], { catchup }, "2026-06-01"), ["2026-05-03"]);
  }
});

Deno.test("due() gives one date of each DAG", () => {
  const dags = [scheduled(), scheduled({ dag: dagOf("cars"), time: "04:10" })];
  const now = Temporal.Instant.from("2026-05-03T00:05:00Z");
  const found = (moment: Temporal.Instant) =>
    due(dags, { states: [], firstDates: new Map() }, moment, "Asia/Dubai")
      .map(({ dag, date }) => `${dag.id} ${date}`);
  assert.deepEqual(found(now), ["leads 2026-05-03"]);
  assert.deepEqual(found(now.add({ minutes: 5 })), ["leads 2026-05-03", "cars 2026-05-03"]);
});

Deno.test("firstDateNeeded() reaches back a week, or as far as a catch-up", () => {
  const now = Temporal.Instant.from("2026-05-10T20:30:00Z");
  const needed = (setting: Setting) =>
    firstDateNeeded([scheduled(setting)], now, "Asia/Dubai").toString();
  assert.equal(needed({}), "2026-05-04");
  assert.equal(needed({ catchup: "all", maxDays: 30 }), "2026-04-11");
  assert.equal(needed({ catchup: "last", maxDays: 2 }), "2026-05-04");
});

/** Lives through beats of `stepMinutes` with a scheduler that is sometimes off; every due run succeeds at once. */
function live(
  { timeZone, catchup, from, hours, stepMinutes = 10, isUp }: {
    readonly timeZone: string;
    readonly catchup: Catchup;
    readonly from: string;
    readonly hours: number;
    readonly stepMinutes?: number;
    readonly isUp: (minute: number) => boolean;
  },
): string[] {
  const start = Temporal.PlainDateTime.from(from).toZonedDateTime(timeZone).toInstant();
  const dag = scheduled({ timeZone, catchup, time: "02:30", maxDays: 10 });
  const states: TaskState[] = [];
  const ran: string[] = [];
  for (let minute = 0; minute < hours * 60; minute += stepMinutes) {
    if (!isUp(minute)) continue;
    const now = start.add({ minutes: minute });
    const first = states[0]?.logical_date;
    const firstDates = new Map(first === undefined ? [] : [["leads", first]]);
    for (const { date } of due([dag], { states, firstDates }, now, timeZone)) {
      states.push(state(date.toString()));
      ran.push(`${date} ${now.toZonedDateTimeISO(timeZone).toPlainTime().toString().slice(0, 5)}`);
    }
  }
  return ran;
}

for (const timeZone of ZONES) {
  for (
    const [name, from] of [["spring", "2026-03-01T00:00"], ["autumn", "2026-10-24T00:00"]] as const
  ) {
    Deno.test(`due() runs each date once, at its time, over the change of clocks in ${name} (${timeZone})`, () => {
      const ran = live({
        timeZone,
        catchup: "all",
        from,
        hours: 24 * 31,
        stepMinutes: 30,
        isUp: () => true,
      });
      const dates = ran.map((text) => text.slice(0, 10));
      assert.ok(dates.length >= 30);
      assert.deepEqual(dates, [...new Set(dates)].sort());
      const odd = ran.filter((text) => !text.endsWith(" 02:30"));
      const jumps: Record<string, string[]> = {
        "Europe/Berlin": ["2026-03-29 03:00"],
        "America/New_York": ["2026-03-08 03:00"],
      };
      assert.deepEqual(odd, name === "spring" ? jumps[timeZone] ?? [] : []);
    });
  }
}

Deno.test("due() makes up for minutes of downtime under every policy", () => {
  for (const catchup of ["none", "last", "all"] as const) {
    // Off from 02:20 to 02:50 of the second day.
    const isUp = (minute: number) => minute < 24 * 60 + 140 || minute >= 24 * 60 + 170;
    const ran = live({
      timeZone: "Asia/Dubai",
      catchup,
      from: "2026-05-01T00:00",
      hours: 50,
      isUp,
    });
    assert.deepEqual(ran, ["2026-05-01 02:30", "2026-05-02 02:50"]);
  }
});

for (
  const [catchup, expected] of [
    ["none", ["2026-05-01 02:30", "2026-05-16 02:30"]],
    ["last", ["2026-05-01 02:30", "2026-05-15 01:00", "2026-05-16 02:30"]],
    [
      "all",
      [
        "2026-05-01 02:30",
        ...["06", "07", "08", "09", "10", "11", "12", "13", "14", "15"].map((day, i) =>
          `2026-05-${day} ${
            Temporal.PlainTime.from("01:00").add({ minutes: 10 * i }).toString().slice(0, 5)
          }`
        ),
        "2026-05-16 02:40",
      ],
    ],
  ] as const
) {
  Deno.test(`due() after two weeks of downtime: ${catchup}`, () => {
    // Off from noon of 1 May to 01:00 of 16 May.
    const isUp = (minute: number) => minute < 12 * 60 || minute >= (15 * 24 + 1) * 60;
    const from = "2026-05-01T00:00";
    const ran = live({ timeZone: "Asia/Dubai", catchup, from, hours: 24 * 15 + 4, isUp });
    assert.deepEqual(ran, expected);
  });
}

Deno.test("due() over four years never runs a date twice, and under all never leaves one out", () => {
  const downtimes = fc.array(
    fc.record({
      startDay: fc.integer({ min: 1, max: 1450 }),
      days: fc.integer({ min: 1, max: 9 }),
    }),
    { maxLength: 6 },
  );
  fc.assert(
    fc.property(fc.constantFrom(...ZONES), downtimes, (timeZone, downs) => {
      const dag = scheduled({ timeZone, catchup: "all", time: "02:30", maxDays: 10 });
      const start = Temporal.ZonedDateTime.from(`2026-01-01T05:00[${timeZone}]`);
      let states: TaskState[] = [];
      const ran: string[] = [];
      for (let day = 0; day < 1461; day++) {
        const isDown = downs.some(({ startDay, days }) => day >= startDay && day < startDay + days);
        const now = start.add({ days: day }).toInstant();
        for (let beat = 0; beat < 12 && !isDown; beat++) {
          const firstDates = new Map(ran[0] === undefined ? [] : [["leads", ran[0]]]);
          const [run] = due([dag], { states, firstDates }, now, timeZone);
          if (!run) break;
          ran.push(run.date.toString());
          states = [...states.slice(-12), state(run.date.toString())];
        }
      }
      assert.deepEqual(ran, [...new Set(ran)].sort());
      const last = ran.at(-1) ?? "";
      const span = Temporal.PlainDate.from("2026-01-01").until(last, { largestUnit: "days" }).days;
      // Two downtimes in a row may be longer than the cap; every other date is there.
      const joined = downs.reduce((sum, { days }) => sum + days, 0);
      if (joined <= 10) assert.equal(ran.length, span + 1);
    }),
    { numRuns: 4 },
  );
});

const newer = { newer_upstream: "cars.load", newer_upstream_at: new Date("2026-05-03T01:00:00Z") };

Deno.test("due() refreshes a stale success of the last 7 days, whatever the policy", () => {
  const stale = [state("2026-05-03", { is_stale: true, ...newer })];
  for (const catchup of ["none", "last", "all"] as const) {
    assert.deepEqual(dueAt("2026-05-10T03:00", stale, { catchup }).slice(0, 1), ["2026-05-03"]);
  }
  assert.deepEqual(dueAt("2026-05-11T03:00", stale), []);
  const again = [state("2026-05-03", { is_stale: true, ...newer }), state("2026-05-11")];
  assert.deepEqual(dueAt("2026-05-11T05:00", again, { catchup: "all" }), ["2026-05-04"]);
});

Deno.test("due() leaves a stale success alone whose refresh has failed", () => {
  const started_at = new Date("2026-05-03T02:00:00Z");
  const changes = { has_success: true, is_stale: true, ...newer, reason: "error", started_at };
  assert.deepEqual(dueAt("2026-05-03T12:00", [failed("2026-05-03", changes)]), []);
});

Deno.test("due() refreshes one DAG after the other", () => {
  const dags = [
    scheduled({ dag: dagOf("leads") }),
    scheduled({ dag: dagOf("dims", { waitsFor: [{ dag: "leads" }] }) }),
  ];
  const now = Temporal.Instant.from("2026-05-03T08:00:00Z");
  const dueOf = (leads: Partial<TaskState>) => {
    const dims = stateOf("dims", "load", { is_stale: true, ...newer });
    const runLog = { states: [stateOf("leads", "load", leads), dims], firstDates: new Map() };
    return due(dags, runLog, now, "Asia/Dubai").map(({ dag }) => dag.id);
  };
  assert.deepEqual(dueOf({}), ["dims"]);
  assert.deepEqual(dueOf({ is_stale: true, ...newer }), ["leads"]);
  assert.deepEqual(dueOf({ status: "running", has_success: true }), []);
});
