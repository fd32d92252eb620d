import assert from "node:assert/strict";
import type { Attempt } from "../../../lib/run_log/attempts.ts";
import { explain, explainRun } from "../../../lib/explain/explain.ts";
import { at, attemptOf, insertAttempts } from "../../support/attempts.ts";
import { DATE, notingTask, testDag } from "../../support/runs.ts";
import { stateOf, statesOf } from "../../support/task_states.ts";
import { testOnBothWarehouses } from "../../support/warehouses.ts";

const reading = { prepare: () => Promise.resolve() };
const LOAD = testDag("load_cars", [
  notingTask("extract_cars", [], reading),
  notingTask("land_cars", []),
]);
const LEADS = testDag("load_leads", [notingTask("land_leads", [], reading)], { schedule: "04:05" });
const MERGE = testDag("merge_cars", [notingTask("merge", [])], {
  schedule: "04:10",
  waitsFor: [{ dag: "load_cars", task: "land_cars" }],
});
const DIMS = testDag("build_dims", [notingTask("dim_car", [])], {
  schedule: "05:00",
  waitsFor: [{ dag: "merge_cars", task: "merge" }, { dag: "load_leads" }],
});
const FACTS = testDag("build_facts", [notingTask("fact_rentals", [])], {
  schedule: "05:30",
  waitsFor: [{ dag: "build_dims" }, { dag: "merge_cars", task: "merge" }],
});
const DAGS = [LOAD, LEADS, MERGE, DIMS, FACTS];

/** What `explain` says of a DAG at a local time of the day, noon by default. */
function explainAt(
  dag: typeof LOAD,
  attempts: readonly Attempt[],
  now: string = "12:00",
): string {
  return explain(dag, { ...viewAt(now), states: statesOf(attempts), attempts });
}

function viewAt(now: string) {
  return {
    dags: DAGS,
    date: Temporal.PlainDate.from(DATE),
    now: Temporal.Instant.fromEpochMilliseconds(at(now).getTime()),
    timeZone: "Asia/Dubai",
    silentAfterS: 30,
  };
}

const extract = (changes: Partial<Attempt> = {}) =>
  attemptOf("load_cars", "extract_cars", { status: "failed", ...changes });
const landed = [
  attemptOf("load_cars", "extract_cars"),
  attemptOf("load_cars", "land_cars"),
  attemptOf("load_leads", "land_leads"),
];

Deno.test("explain() says whether a load has read everything or what had changed", () => {
  const detail = (isFull: number) => {
    const attempts = [attemptOf("load_leads", "land_leads", { metrics: { is_full_scan: isFull } })];
    return explainAt(LEADS, attempts).split("\n")[1];
  };
  assert.equal(detail(1), "  it read everything, not only what had changed");
  assert.equal(detail(0), "  it read what had changed; --full reads everything");
});

Deno.test("explain() says when it succeeded, and who said so when a person did", () => {
  assert.equal(
    explainAt(LEADS, landed),
    `load_leads of 2026-05-03 succeeded at 2026-05-03 04:00:05

What now: nothing, all is well`,
  );
  const marked = attemptOf("load_leads", "land_leads", {
    reason: "marked",
    error: "marked as success by omar on etl-1: landed by hand",
  });
  assert.equal(
    explainAt(LEADS, [marked]),
    `load_leads of 2026-05-03 counts as a success since 2026-05-03 04:00:05
  marked as success by omar on etl-1: landed by hand

What now: nothing, all is well`,
  );
});

Deno.test("explain() says what failed, and keeps the line of a SQL error above its caret", () => {
  const error = "sql/stg/load_cars.sql:12:8: column stg_cars.colour does not exist, perhaps you " +
    "meant stg_cars.color (SQLSTATE 42703)\n    stg_cars.colour,\n    ^";
  const failed = attemptOf("load_cars", "land_cars", {
    status: "failed",
    attempt: 3,
    reason: "error",
    error,
  });
  assert.equal(
    explainAt(LOAD, [attemptOf("load_cars", "extract_cars"), failed]),
    `load_cars of 2026-05-03 failed
  land_cars failed at 2026-05-03 04:00:05
  attempt 3, worker etl-1.42.abcdef
  sql/stg/load_cars.sql:12:8: column stg_cars.colour does not exist, perhaps you
  meant stg_cars.color (SQLSTATE 42703)
      stg_cars.colour,
      ^

What now: look at its log, put right what is wrong, then run it again
  deno task runs logs load_cars 2026-05-03
  deno task runs retry load_cars 2026-05-03 --downstream`,
  );
});

for (
  const [reason, end] of [
    ["budget", "took too long and was cut off"],
    ["cancelled", "was cancelled by a person"],
    ["marked", "was marked as failed"],
    ["error", "failed"],
    [null, "failed"],
  ] as const
) {
  Deno.test(`explain() tells a failure by the reason ${reason}`, () => {
    const [, line] = explainAt(LEADS, [
      attemptOf("load_leads", "land_leads", { status: "failed", reason }),
    ]).split("\n");
    assert.equal(line, `  land_leads ${end} at 2026-05-03 04:00:05`);
  });
}

for (
  const [reason, end] of [
    ["stopped", "was stopped with its process"],
    ["worker_died", "lost its worker"],
  ] as const
) {
  Deno.test(`explain() knows that a run with the reason ${reason} is taken up again`, () => {
    assert.equal(
      explainAt(FACTS, [
        ...landed,
        attemptOf("merge_cars", "merge"),
        attemptOf("build_dims", "dim_car"),
        attemptOf("build_facts", "fact_rentals", { status: "failed", reason, error: "no more" }),
      ]),
      `build_facts of 2026-05-03 failed
  fact_rentals ${end} at 2026-05-03 04:00:05
  attempt 1, worker etl-1.42.abcdef
  no more

What now: a scheduler takes it up again; by hand
  deno task runs retry build_facts 2026-05-03`,
    );
  });
}

for (
  const [reason, dag, task, advice] of [
    [
      "check",
      MERGE,
      "merge",
      `What now: see how far it reaches: a load is too old, a hand was in the tables,
or this program is wrong; then read it again, which runs what builds on it
  deno task check-data
  deno task runs retry load_cars 2026-05-03 --force --downstream`,
    ],
    [
      "check",
      FACTS,
      "fact_rentals",
      `What now: see how far it reaches: a load is too old, a hand was in the tables,
or this program is wrong; then read it again, which runs what builds on it
  deno task check-data
  deno task daily --date 2026-05-03 --force`,
    ],
    [
      "account",
      LOAD,
      "extract_cars",
      `What now: put right in the account or the settings what it names, then run it
again; what the account lacks shows
  deno task helper_fields
  deno task runs retry load_cars 2026-05-03 --downstream`,
    ],
  ] as const
) {
  Deno.test(`explain() proposes what helps for the reason ${reason} of ${dag.id}`, () => {
    const failed = attemptOf(dag.id, task, { status: "failed", reason, error: "why" });
    const text = explainAt(dag, [failed]);
    assert.equal(text.slice(text.indexOf("What now")), advice);
  });
}

Deno.test("explain() says of a failed forced run that the data of the success stand", () => {
  const again = attemptOf("load_leads", "land_leads", {
    attempt: 2,
    status: "failed",
    reason: "error",
    error: "amoCRM answered 401, expected 200: check AMO_TOKEN",
    started_at: at("09:00"),
  });
  assert.equal(
    explainAt(LEADS, [attemptOf("load_leads", "land_leads"), again]),
    `load_leads of 2026-05-03 failed
  land_leads failed at 2026-05-03 09:00:05
  attempt 2, worker etl-1.42.abcdef
  amoCRM answered 401, expected 200: check AMO_TOKEN
  the data of its success at 2026-05-03 04:00:05 stand

What now: look at its log, put right what is wrong, then run it again
  deno task runs logs load_leads 2026-05-03
  deno task runs retry load_leads 2026-05-03 --force --downstream`,
  );
});

Deno.test("explain() names the success of the task that failed, not a later one of another", () => {
  const again = { attempt: 2, started_at: at("09:00") };
  const text = explainAt(LOAD, [
    attemptOf("load_cars", "extract_cars"),
    attemptOf("load_cars", "land_cars"),
    attemptOf("load_cars", "extract_cars", again),
    attemptOf("load_cars", "land_cars", { ...again, status: "failed", reason: "error" }),
  ]);
  assert.match(text, / the data of its success at 2026-05-03 04:00:05 stand\n/);
});

Deno.test("explain() says what makes a success stale, and how to refresh it", () => {
  const states = [
    stateOf("merge_cars", "merge", {
      is_stale: true,
      succeeded_at: at("04:10:05"),
      newer_upstream: "load_cars.land_cars",
      newer_upstream_at: at("09:00"),
    }),
  ];
  assert.equal(
    explain(MERGE, { ...viewAt("12:00"), states, attempts: [] }),
    `merge_cars of 2026-05-03 is stale: load_cars.land_cars has succeeded again since
  merge succeeded at 2026-05-03 04:10:05, before the end of that at 2026-05-03
  09:00:00

What now: run it again with what its upstreams have since, as a scheduler would
  deno task runs retry merge_cars 2026-05-03 --downstream`,
  );
});

Deno.test("explain() says when an upgrade makes a success stale", () => {
  const states = [
    stateOf("merge_cars", "merge", {
      is_stale: true,
      succeeded_at: at("04:10:05"),
      newer_upstream: "the upgrade (0016_observations.sql)",
      newer_upstream_at: at("09:00"),
    }),
  ];
  assert.equal(
    explain(MERGE, { ...viewAt("12:00"), states, attempts: [] }),
    `merge_cars of 2026-05-03 is stale: the upgrade (0016_observations.sql) wants its
tables computed anew
  merge succeeded at 2026-05-03 04:10:05, before that was applied at 2026-05-03
  09:00:00

What now: run it again with what its upstreams have since, as a scheduler would
  deno task runs retry merge_cars 2026-05-03 --downstream`,
  );
});

Deno.test("explain() follows the upstreams down to the one that failed", () => {
  const refused = { status: "upstream_failed", reason: "upstream", error: "x failed" } as const;
  assert.equal(
    explainAt(FACTS, [
      extract({ reason: "error", error: "amoCRM answered 401, expected 200: check AMO_TOKEN" }),
      attemptOf("load_cars", "land_cars", refused),
      attemptOf("load_leads", "land_leads"),
      attemptOf("merge_cars", "merge", refused),
      attemptOf("build_dims", "dim_car", refused),
      attemptOf("build_facts", "fact_rentals", { ...refused, started_at: at("05:30") }),
    ]),
    `build_facts of 2026-05-03 did not run: its upstreams have not succeeded
  fact_rentals did not begin at 2026-05-03 05:30:05
  attempt 1, worker etl-1.42.abcdef

It waits for
  build_dims: did not run, it waits for
    merge_cars.merge: did not run, it waits for
      load_cars.land_cars: failed
  merge_cars.merge: see above

At the root:
load_cars of 2026-05-03 failed
  extract_cars failed at 2026-05-03 04:00:05
  attempt 1, worker etl-1.42.abcdef
  amoCRM answered 401, expected 200: check AMO_TOKEN

What now: look at its log, put right what is wrong, then run it again
  deno task runs logs load_cars 2026-05-03
  deno task runs retry load_cars 2026-05-03 --downstream`,
  );
});

Deno.test("explain() sums up what to do when several upstreams are at the root", () => {
  const leads = attemptOf("load_leads", "land_leads", { status: "failed", error: "no network" });
  const text = explainAt(DIMS, [extract({ error: "no network" }), leads]);
  assert.equal(
    text.slice(text.indexOf("At the root")),
    `At the root:
load_cars of 2026-05-03 failed
  extract_cars failed at 2026-05-03 04:00:05
  attempt 1, worker etl-1.42.abcdef
  no network
load_leads of 2026-05-03 failed
  land_leads failed at 2026-05-03 04:00:05
  attempt 1, worker etl-1.42.abcdef
  no network

What now: put right what is wrong there, then run what is left of the date
  deno task daily --date 2026-05-03`,
  );
});

Deno.test("explain() says that the slot is ahead, in local time", () => {
  assert.equal(
    explainAt(FACTS, [], "03:00"),
    `build_facts of 2026-05-03 has not run yet: its slot is 2026-05-03 05:30:00
(Asia/Dubai)

What now: wait for its slot; to run it at once
  deno task runs retry build_facts 2026-05-03`,
  );
});

Deno.test("explain() does not speak of a slot ahead when an upstream has failed already", () => {
  const [first] = explainAt(FACTS, [extract()], "04:30").split("\n");
  assert.equal(first, "build_facts of 2026-05-03 has not run: its upstreams have not succeeded");
});

Deno.test("explain() says that nobody ran what could have run", () => {
  assert.equal(
    explainAt(MERGE, landed),
    `merge_cars of 2026-05-03 has not run, though nothing stops it
  its slot was 2026-05-03 04:10:00 (Asia/Dubai): no scheduler was there, or it
  let the date go

What now: run it
  deno task runs retry merge_cars 2026-05-03 --downstream`,
  );
});

Deno.test("explain() says that the upstreams have recovered since", () => {
  const gaveUp = attemptOf("merge_cars", "merge", {
    status: "failed",
    reason: "wait_timeout",
    error: "gave up after 60 minutes: waiting for load_cars.land_cars of 2026-05-03 (never ran)",
  });
  assert.equal(
    explainAt(MERGE, [...landed, gaveUp]),
    `merge_cars of 2026-05-03 did not run, but its upstreams have succeeded since
  merge gave up waiting at 2026-05-03 04:00:05
  attempt 1, worker etl-1.42.abcdef
  gave up after 60 minutes: waiting for load_cars.land_cars of 2026-05-03 (never
  ran)

What now: a scheduler takes it up again; by hand
  deno task runs retry merge_cars 2026-05-03 --downstream`,
  );
});

Deno.test("explain() says who runs it since when, and how to see and stop it", () => {
  const running = attemptOf("load_cars", "land_cars", { status: "running", attempt: 2 });
  assert.equal(
    explainAt(LOAD, [attemptOf("load_cars", "extract_cars"), running]),
    `load_cars of 2026-05-03 has been running land_cars since 2026-05-03 04:00:00
  attempt 2, worker etl-1.42.abcdef

What now: wait, look at what it says, or stop it
  deno task runs logs load_cars 2026-05-03
  deno task runs cancel load_cars 2026-05-03`,
  );
});

Deno.test("explain() says that a running task was cancelled, and that its worker is silent", () => {
  const cancelled = { status: "running", cancel_requested_at: at("04:01") } as const;
  assert.equal(
    explainAt(LEADS, [attemptOf("load_leads", "land_leads", cancelled)]),
    `load_leads of 2026-05-03 has been running land_leads since 2026-05-03 04:00:00
  attempt 1, worker etl-1.42.abcdef
  a person asked for its end at 2026-05-03 04:01:00

What now: wait for its end; what it says
  deno task runs logs load_leads 2026-05-03`,
  );
  const silent = { status: "running", silent_s: 31, heartbeat_at: at("04:00:10") } as const;
  assert.equal(
    explainAt(LEADS, [attemptOf("load_leads", "land_leads", silent)]),
    `load_leads of 2026-05-03 has been running land_leads since 2026-05-03 04:00:00
  attempt 1, worker etl-1.42.abcdef
  no sign of life since 2026-05-03 04:00:10: its worker seems to be dead

What now: run it again, which takes over from the dead worker
  deno task runs retry load_leads 2026-05-03 --downstream`,
  );
});

Deno.test("explain() tells a wait for the next try from a wait for upstreams", () => {
  const waiting = { status: "waiting", attempt: 2, started_at: at("04:01") } as const;
  assert.equal(
    explainAt(LOAD, [extract({ error: "amoCRM answered 429" }), extract(waiting)]),
    `load_cars of 2026-05-03 waits for attempt 2 of extract_cars
  extract_cars failed at 2026-05-03 04:00:05
  attempt 1, worker etl-1.42.abcdef
  amoCRM answered 429

What now: wait; what it says
  deno task runs logs load_cars 2026-05-03`,
  );
  assert.equal(
    explainAt(MERGE, [
      attemptOf("load_cars", "extract_cars", { status: "running" }),
      attemptOf("merge_cars", "merge", { status: "waiting", started_at: at("04:10") }),
    ]),
    `merge_cars of 2026-05-03 has been waiting since 2026-05-03 04:10:00
  worker etl-1.42.abcdef

It waits for
  load_cars.land_cars: running

At the root:
load_cars of 2026-05-03 has been running extract_cars since 2026-05-03 04:00:00
  attempt 1, worker etl-1.42.abcdef

What now: wait, look at what it says, or stop it
  deno task runs logs load_cars 2026-05-03
  deno task runs cancel load_cars 2026-05-03`,
  );
});

Deno.test("explain() keeps to 80 columns", () => {
  const longest = "merge_fact_lead_status_change";
  const dag = testDag("daily_build_dict_status_leads", [notingTask(longest, [])]);
  const failed = attemptOf(dag.id, longest, {
    status: "failed",
    reason: "stopped",
    worker: "a-rather-long-host-name-of-a-container.123456.abcdef",
    error: "stopped by SIGTERM ".repeat(20),
  });
  const text = explain(dag, {
    dags: [dag],
    date: Temporal.PlainDate.from(DATE),
    states: statesOf([failed]),
    attempts: [failed],
    now: Temporal.Instant.fromEpochMilliseconds(at("12:00").getTime()),
    timeZone: "America/Argentina/Buenos_Aires",
    silentAfterS: 30,
  });
  assert.deepEqual(text.split("\n").filter((line) => line.length > 80), []);
});

testOnBothWarehouses("explainRun() reads the run log", async (warehouse) => {
  await insertAttempts(warehouse, [
    ...landed,
    attemptOf("merge_cars", "merge", { status: "failed", reason: "error", error: "no table" }),
    attemptOf("merge_cars", "merge", { logical_date: "2026-05-04" }),
  ]);
  assert.equal(
    await explainRun(warehouse.sql, DAGS, "merge_cars", DATE, "Asia/Dubai"),
    `merge_cars of 2026-05-03 failed
  merge failed at 2026-05-03 04:00:05
  attempt 1, worker etl-1.42.abcdef
  no table

What now: look at its log, put right what is wrong, then run it again
  deno task runs logs merge_cars 2026-05-03
  deno task runs retry merge_cars 2026-05-03 --downstream`,
  );
  await assert.rejects(explainRun(warehouse.sql, DAGS, "merge_car", DATE, "Asia/Dubai"), {
    name: "ConfigError",
    message: 'Cannot find the DAG "merge_car": did you mean merge_cars?',
  });
});
