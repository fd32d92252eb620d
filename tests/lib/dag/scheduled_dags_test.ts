import assert from "node:assert/strict";
import { readConfig } from "../../../lib/config.ts";
import type { Dag } from "../../../lib/dag/dag.ts";
import { findLateUpstreams, scheduleDags } from "../../../lib/dag/scheduled_dags.ts";

const config = readConfig({}, { amo: false });
const NOW = Temporal.Instant.from("2026-05-03T00:00:00Z");

function dagOf(id: string, schedule: string, more: Partial<Dag> = {}): Dag {
  const tasks = [{ id: `run_${id}`, prepare: () => Promise.resolve({ metrics: {} }) }];
  return { id, description: id, tags: [], schedule, waitsFor: [], tasks, ...more };
}

const LEADS = dagOf("leads", "04:00");
const EVENTS = dagOf("events", "04:15", { follows: { dag: "leads", minutes: 15 } });
const MERGE = dagOf("merge", "04:00", { waitsFor: [{ dag: "leads" }, { dag: "events" }] });
const DAGS = [LEADS, EVENTS, MERGE];

function timesWith(overrides: Readonly<Record<string, string>>): string[] {
  return scheduleDags(DAGS, config, new Map(Object.entries(overrides)))
    .map(({ schedule }) => schedule.text);
}

Deno.test("scheduleDags() runs a DAG that follows another one so many minutes after it, wherever that was set", () => {
  assert.deepEqual(timesWith({}), ["04:00", "04:15", "04:00"]);
  assert.deepEqual(timesWith({ leads: "02:00" }), ["02:00", "02:15", "04:00"]);
  assert.deepEqual(timesWith({ leads: "23:50" }), ["23:50", "23:59", "04:00"]);
  assert.deepEqual(timesWith({ leads: "50 3 * * 1-5" }), ["50 3 * * 1-5", "5 4 * * 1-5", "04:00"]);
  assert.deepEqual(timesWith({ leads: "02:00", events: "03:00" }), ["02:00", "03:00", "04:00"]);
  assert.deepEqual(timesWith({ events: "03:00" }), ["04:00", "03:00", "04:00"]);
});

Deno.test("scheduleDags() refuses a DAG that follows one that there is not", () => {
  assert.throws(() => scheduleDags([EVENTS], config, new Map()), {
    name: "DagError",
    message: "Cannot use the DAGs: events follows the unknown DAG leads",
  });
});

Deno.test("findLateUpstreams() names upstreams that come later than their DAG would wait", () => {
  const find = (overrides: Readonly<Record<string, string>>) =>
    findLateUpstreams(
      scheduleDags(DAGS, config, new Map(Object.entries(overrides))),
      NOW,
      config,
    );
  assert.deepEqual(find({}), []);
  assert.deepEqual(find({ leads: "04:45" }), []);
  assert.deepEqual(find({ leads: "04:46" }), [
    "merge (04:00) waits for events (05:01), whose time is more than POKE_TIMEOUT_MIN (60) later: " +
    "set SCHEDULE_MERGE to a later time, or raise POKE_TIMEOUT_MIN",
  ]);
  assert.equal(find({ leads: "09:00" }).length, 2);
});
