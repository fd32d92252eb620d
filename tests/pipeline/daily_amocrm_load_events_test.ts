import assert from "node:assert/strict";
import type { DagOutcome } from "../../lib/dag/outcome.ts";
import type { RunOptions } from "../../lib/runner/run.ts";
import type { Warehouse } from "../../lib/warehouse/warehouse.ts";
import { dag as leadsDag } from "../../pipeline/daily_amocrm_load_leads.ts";
import { dag } from "../../pipeline/daily_amocrm_load_events.ts";
import { type ExtractBench, openExtractBench } from "../support/extracts.ts";
import { testOnBothWarehouses } from "../support/warehouses.ts";

/** An account whose leads are copied day by day; the first day is 2026-05-03. */
interface Days {
  readonly bench: ExtractBench;
  readonly warehouse: Warehouse;
  readonly ids: readonly number[];
  /** Goes on to the next day and reads leads, then events. */
  next(changes?: Partial<RunOptions>): Promise<DagOutcome>;
  /** The same without the leads. */
  nextEvents(changes?: Partial<RunOptions>): Promise<DagOutcome>;
  /** The events of the same day once more. */
  again(changes: Partial<RunOptions>): Promise<DagOutcome>;
  /** Days on which nobody runs anything. */
  skip(count: number): void;
  /** So much later on the same day. */
  later(duration: string): void;
}

/** Registers a test with an account of so many leads in stage Inquiry, which STG has. */
function testDays(name: string, leads: number, body: (days: Days) => Promise<void>): void {
  testOnBothWarehouses(name, async (warehouse) => {
    await using bench = await openExtractBench(warehouse);
    const { account: { pipelineId, statuses } } = bench;
    const lead = { pipeline_id: pipelineId, status_id: statuses.Inquiry, price: 100 };
    const ids = await bench.account.create("/leads", "leads", Array(leads).fill(lead));
    bench.sandbox.clock.advance("PT1H");
    let day = 3;
    const options = () => ({ logicalDate: Temporal.PlainDate.from(`2026-05-0${day}`) });
    const days: Days = {
      bench,
      warehouse,
      ids,
      again: (changes) => bench.run(dag, { ...options(), ...changes }),
      skip: (count) => {
        day += count;
      },
      later: (duration) => bench.sandbox.clock.advance(duration),
      async next(changes) {
        nextDay();
        await bench.run(leadsDag, { ...options(), ...changes });
        return await bench.run(dag, { ...options(), ...changes });
      },
      async nextEvents(changes) {
        nextDay();
        return await bench.run(dag, { ...options(), ...changes });
      },
    };
    const nextDay = () => {
      day++;
      bench.sandbox.clock.set(`2026-05-0${day}T01:00:00Z`);
    };
    await bench.run(leadsDag, options());
    const first = await bench.run(dag, options());
    assert.deepEqual(first.tasks.map(({ error }) => error), [null, null]);
    bench.sandbox.requests.clear();
    await body(days);
  });
}

/** Rows of a lead in the order of the law: when seen, own time, by what it is deleted, price. */
async function rowsOf({ warehouse }: Days, id: number | undefined): Promise<unknown[]> {
  const rows = await warehouse.sql`
    select observed_at, updated_at, deleted_by, budget::int as price
    from stg.stg_leads
    where id = ${id ?? 0}
    order by observed_at, updated_at, is_deleted, row_hash collate "C"
  `;
  return rows.map(({ observed_at, updated_at, deleted_by, price }) => [
    observed_at.toISOString().slice(5, 19),
    updated_at.toISOString().slice(5, 19),
    deleted_by ?? price,
  ]);
}

function metricsOf(outcome: DagOutcome): Record<string, unknown> {
  return { ...outcome.tasks[0]?.metrics, ...outcome.tasks[1]?.metrics };
}

const FIRST = ["05-03T01:00:00", "05-03T00:00:00", 100];

testDays("daily_amocrm_load_events lands the events of leads, each once", 2, async (days) => {
  const { warehouse, bench, ids } = days;
  const [id = 0] = ids;
  const { pipelineId, statuses } = bench.account;
  await bench.account.patch("/leads", [{ id, status_id: statuses.Confirmed }]);
  const outcome = await days.next();
  assert.deepEqual(outcome.tasks.map(({ status, rows }) => [status, rows]), [
    ["success", 3],
    ["success", 1],
  ]);
  const rows = await warehouse.sql`
    select lead_id::int, type, before, after, created_at, survivor_id
    from stg.stg_lead_events
    where lead_id = ${id}
    order by created_at
  `;
  const stage = (status: number | undefined) => [
    { lead_status: { id: status, pipeline_id: pipelineId } },
  ];
  assert.equal(rows.length, 2);
  assert.deepEqual(rows[1], {
    lead_id: id,
    type: "lead_status_changed",
    before: stage(statuses.Inquiry),
    after: stage(statuses.Confirmed),
    created_at: new Date("2026-05-03T01:00:00Z"),
    survivor_id: null,
  });
  const again = await days.next();
  assert.deepEqual(again.tasks.map(({ status, rows }) => [status, rows]), [
    ["success", 0],
    ["success", 0],
  ]);
});

testDays("daily_amocrm_load_events marks leads by the event of their deletion", 2, async (days) => {
  const { bench, ids } = days;
  bench.sandbox.clock.advance("PT2H");
  bench.sandbox.leads.delete([ids[0] ?? 0]);
  const outcome = await days.next();
  assert.deepEqual(await rowsOf(days, ids[0]), [
    FIRST,
    ["05-03T03:00:00", "05-03T03:00:00", "event"],
  ]);
  assert.deepEqual(await rowsOf(days, ids[1]), [FIRST]);
  assert.equal(metricsOf(outcome).deleted_by_event, 1);
  // The trash, which shows it too, adds nothing, now and later.
  const again = await days.next();
  assert.equal(metricsOf(again).trashed, 1);
  assert.equal((await rowsOf(days, ids[0])).length, 2);
});

testDays(
  "daily_amocrm_load_events marks leads by the trash where events are missing",
  2,
  async (days) => {
    const { bench, ids } = days;
    bench.sandbox.setSwitches({ missingEventTypes: ["lead_deleted"] });
    bench.sandbox.clock.advance("PT2H");
    bench.sandbox.leads.delete([ids[0] ?? 0]);
    await days.next();
    assert.deepEqual(await rowsOf(days, ids[0]), [
      FIRST,
      ["05-04T01:00:00", "05-03T03:00:00", "only_deleted"],
    ]);
  },
);

testDays("daily_amocrm_load_events shows the gap of leads that came back", 3, async (days) => {
  const { bench: { sandbox }, ids: [slow = 0, quick = 0, unseen = 0] } = days;
  // A deletion that leaves updated_at alone, and so does the return.
  sandbox.setSwitches({ deleteTouchesUpdatedAt: false });
  days.later("PT2H");
  sandbox.leads.delete([slow, quick]);
  days.later("PT1H");
  sandbox.leads.restore([quick]);
  await days.next();
  days.later("PT4H");
  sandbox.leads.restore([slow]);
  await days.next();
  assert.deepEqual(await rowsOf(days, slow), [
    FIRST,
    ["05-03T03:00:00", "05-03T03:00:00", "event"],
    ["05-05T01:00:00", "05-03T00:00:00", 100],
  ]);
  assert.deepEqual(await rowsOf(days, quick), [
    FIRST,
    ["05-03T03:00:00", "05-03T03:00:00", "event"],
    ["05-04T01:00:00", "05-03T00:00:00", 100],
  ]);
  // Without any event of its return the next read of all leads shows it, if asking by id does too.
  days.later("PT1H");
  sandbox.leads.delete([unseen]);
  await days.next();
  sandbox.setSwitches({ missingEventTypes: ["lead_restored"] });
  sandbox.leads.restore([unseen]);
  await days.next({ full: true });
  assert.deepEqual(await rowsOf(days, unseen), [
    FIRST,
    ["05-05T02:00:00", "05-05T02:00:00", "event"],
    ["05-07T01:00:00", "05-03T00:00:00", 100],
  ]);
});

testDays("daily_amocrm_load_events places a late event where it belongs", 2, async (days) => {
  const { bench: { sandbox }, ids } = days;
  sandbox.setSwitches({ eventLagMs: 30 * 3_600_000 });
  days.later("PT2H");
  sandbox.leads.delete([ids[0] ?? 0]);
  await days.next();
  assert.deepEqual(await rowsOf(days, ids[0]), [
    FIRST,
    ["05-04T01:00:00", "05-03T03:00:00", "only_deleted"],
  ]);
  await days.next();
  assert.equal((await rowsOf(days, ids[0])).length, 2);
  await days.next({ full: true });
  assert.deepEqual(await rowsOf(days, ids[0]), [
    FIRST,
    ["05-03T03:00:00", "05-03T03:00:00", "event"],
    ["05-04T01:00:00", "05-03T03:00:00", "only_deleted"],
  ]);
});

testDays(
  "daily_amocrm_load_events closes the lead that a merge took, by the merge",
  5,
  async (days) => {
    const { bench: { sandbox }, ids: [stays = 0, named = 0, unnamed = 0, one = 0, two = 0] } = days;
    sandbox.setSwitches({ mergeNames: "gone" });
    days.later("PT2H");
    sandbox.leads.merge(stays, [named]);
    await days.next();
    assert.deepEqual(await rowsOf(days, named), [
      FIRST,
      ["05-03T03:00:00", "05-03T03:00:00", "event"],
    ]);
    // A feed that names the survivor: the other one is missing at the next read of all leads.
    sandbox.setSwitches({ mergeNames: "survivor" });
    days.later("PT2H");
    sandbox.leads.merge(stays, [unnamed]);
    await days.next();
    assert.deepEqual(await rowsOf(days, unnamed), [FIRST]);
    await days.next({ full: true });
    assert.deepEqual(await rowsOf(days, unnamed), [FIRST, [
      "05-06T01:00:00",
      "05-06T01:00:00",
      "absence",
    ]]);
    // Two merges may each have taken either.
    for (const gone of [one, two]) {
      days.later("PT1H");
      sandbox.leads.merge(stays, [gone]);
    }
    await days.next({ full: true });
    assert.deepEqual((await rowsOf(days, one)).at(-1), [
      "05-07T01:00:00",
      "05-07T01:00:00",
      "absence",
    ]);
  },
);

testDays(
  "daily_amocrm_load_events closes a lead that is nowhere when nobody can say it is there",
  5,
  async (days) => {
    const { bench: { sandbox }, ids: [gone = 0, refused = 0, moved = 0, unknown = 0] } = days;
    sandbox.setSwitches({
      missingEventTypes: ["lead_deleted"],
      trashRetentionDays: 1,
      hiddenLeads: [refused],
    });
    sandbox.leads.delete([gone, unknown]);
    sandbox.clock.advance("P2D");
    days.skip(2);
    sandbox.faults.add({ kind: "status", status: 410 }, {
      path: `/api/v4/leads/${unknown}`,
      times: 1,
    });
    const outcome = await days.next({ full: true });
    const counts = metricsOf(outcome);
    assert.deepEqual(
      [
        counts.leads_asked,
        counts.leads_vanished,
        counts.leads_hidden,
        counts.warning_leads_unknown,
      ],
      [3, 1, 1, 1],
    );
    assert.deepEqual(await rowsOf(days, gone), [FIRST, [
      "05-06T01:00:00",
      "05-06T01:00:00",
      "absence",
    ]]);
    for (const id of [refused, moved, unknown]) assert.deepEqual(await rowsOf(days, id), [FIRST]);
    // What was unclear is asked again by the next read of all leads, not before.
    assert.equal(metricsOf(await days.next()).leads_asked, 0);
    await days.next({ full: true });
    assert.deepEqual(await rowsOf(days, unknown), [FIRST, [
      "05-08T01:00:00",
      "05-08T01:00:00",
      "absence",
    ]]);
  },
);

testDays(
  "daily_amocrm_load_events closes nothing on the word of an ignored filter",
  3,
  async (days) => {
    const { bench: { sandbox, account }, ids: [gone = 0] } = days;
    const [elsewhere = 0] = await account.create("/leads", "leads", [{}]);
    sandbox.setSwitches({ missingEventTypes: ["lead_deleted"], trashRetentionDays: 1 });
    sandbox.leads.delete([gone]);
    sandbox.clock.advance("P2D");
    days.skip(2);
    // The trash has another lead, which the account shows for any id.
    sandbox.leads.delete([elsewhere]);
    sandbox.setSwitches({ ignoredFilters: ["id"] });
    const outcome = await days.next({ full: true });
    assert.equal(metricsOf(outcome).warning_leads_unknown, 1);
    assert.deepEqual(await rowsOf(days, gone), [FIRST]);
  },
);

testDays(
  "daily_amocrm_load_events lands what a backdated updated_at hides, and what comes into the pipeline",
  1,
  async (days) => {
    const { bench, ids: [id = 0] } = days;
    const { pipelineId, statuses } = bench.account;
    const [elsewhere = 0] = await bench.account.create("/leads", "leads", [{ price: 5 }]);
    days.later("PT2H");
    await bench.account.patch("/leads", [{ id, price: 200, updated_at: 1_777_000_000 }]);
    const asked = await days.next();
    assert.equal(metricsOf(asked).leads_asked, 2);
    assert.deepEqual(await rowsOf(days, id), [
      FIRST,
      ["05-04T01:00:00", "04-24T03:06:40", 200],
    ]);
    assert.deepEqual(await rowsOf(days, elsewhere), []);
    await bench.account.patch("/leads", [{
      id: elsewhere,
      pipeline_id: pipelineId,
      status_id: statuses.Inquiry,
    }]);
    await days.nextEvents();
    assert.deepEqual(await rowsOf(days, elsewhere), [["05-05T01:00:00", "05-04T01:00:00", 5]]);
  },
);

testDays(
  "daily_amocrm_load_events refuses many deletions unless they are accepted",
  40,
  async (days) => {
    const { bench: { sandbox }, warehouse, ids } = days;
    const gone = ids.slice(0, 11);
    days.later("PT2H");
    sandbox.leads.delete(gone);
    const [before] = await warehouse.sql`
    select cursor_at from ops.watermark where name = 'amocrm.events'
  `;
    const refused = await days.next();
    assert.deepEqual(refused.tasks.map(({ status, error }) => [status, error]), [
      ["success", null],
      [
        "failed",
        "Cannot mark 11 of 40 live leads as deleted, expected at most 20 % (MAX_DELETE_PERCENT): " +
        `${
          gone.join(", ")
        }: look whether they are gone in amoCRM and whether the token may still see them, ` +
        "then run again with --accept-deletes",
      ],
    ]);
    const [after] = await warehouse.sql`
    select cursor_at from ops.watermark where name = 'amocrm.events'
  `;
    assert.deepEqual(after, before);
    const accepted = await days.again({ acceptDeletes: true });
    assert.equal(accepted.status, "success");
    const [row] = await warehouse.sql`
    select count(*)::int as markers from stg.stg_leads where is_deleted
  `;
    assert.deepEqual(row, { markers: 11 });
  },
);

testDays("daily_amocrm_load_events asks little on a quiet day", 3, async (days) => {
  await days.next();
  days.bench.sandbox.requests.clear();
  await days.nextEvents();
  assert.deepEqual(days.bench.sandbox.requests.list().map(({ path }) => path.split("?")[0]), [
    "/api/v4/account",
    "/api/v4/events",
    "/api/v4/leads",
  ]);
});
