// Every rule of the history, each as a lead of its own: what was seen of it, and the versions that it has.
import assert from "node:assert/strict";
import type { Warehouse } from "../../../lib/warehouse/warehouse.ts";
import { land, landRestores, runFiles, type StagedRow } from "../../support/staged.ts";
import { testOnBothWarehouses } from "../../support/warehouses.ts";

/** A state (null: no plate) or how it was deleted; what the row says of itself; when it was seen. May 2026. */
type Sight = readonly [state: string | null, updatedAt: string, observedAt: string];
/** A state, from when to when it was valid, and how it was deleted, if so. */
type Version = readonly [state: string | null, from: string, to: string | null, by?: string];

interface Case {
  readonly title: string;
  readonly createdAt?: string;
  readonly pipelines?: boolean;
  readonly sights: readonly Sight[];
  readonly restores?: readonly string[];
  readonly versions: readonly Version[];
}

const CASES: readonly Case[] = [
  {
    title: "A B A under one updated_at",
    sights: [["A", "01 10:00", "02 04:00"], ["B", "01 10:00", "03 04:00"], [
      "A",
      "01 10:00",
      "04 04:00",
    ]],
    versions: [["A", "01 10:00", "03 04:00"], ["B", "03 04:00", "04 04:00"], [
      "A",
      "04 04:00",
      null,
    ]],
  },
  {
    title: "null to a value and back",
    sights: [[null, "01 10:00", "02 04:00"], ["A", "02 10:00", "03 04:00"], [
      null,
      "03 10:00",
      "04 04:00",
    ]],
    versions: [[null, "01 10:00", "02 10:00"], ["A", "02 10:00", "03 10:00"], [
      null,
      "03 10:00",
      null,
    ]],
  },
  {
    title: "an updated_at written back does not beat what is seen now",
    sights: [["A", "02 10:00", "03 04:00"], ["B", "01 10:00", "04 04:00"]],
    versions: [["A", "02 10:00", "04 04:00"], ["B", "04 04:00", null]],
  },
  {
    title: "an updated_at written ahead counts from when it was seen",
    sights: [["A", "20 10:00", "02 04:00"], ["B", "20 10:00", "03 04:00"], [
      "C",
      "03 12:00",
      "04 04:00",
    ]],
    versions: [["A", "02 04:00", "03 04:00"], ["B", "03 04:00", "03 12:00"], [
      "C",
      "03 12:00",
      null,
    ]],
  },
  {
    title: "the first row opens not before its creation",
    createdAt: "01 12:00",
    sights: [["A", "01 10:00", "02 04:00"]],
    versions: [["A", "01 12:00", null]],
  },
  {
    title: "a creation after the sight is not believed",
    createdAt: "09 12:00",
    sights: [["A", "01 10:00", "02 04:00"]],
    versions: [["A", "02 04:00", null]],
  },
  {
    title: "a touch opens no version, and nothing opens before it",
    sights: [["A", "01 10:00", "02 04:00"], ["A", "03 10:00", "04 04:00"], [
      "B",
      "03 09:00",
      "05 04:00",
    ]],
    versions: [["A", "01 10:00", "05 04:00"], ["B", "05 04:00", null]],
  },
  {
    title: "of openings at one moment the last in order stands",
    sights: [["A", "01 10:00", "02 04:00"], ["B", "03 09:00", "03 10:00"], [
      "C",
      "03 10:00",
      "03 10:00",
    ], ["D", "01 09:00", "03 10:00"]],
    // D was written back, so it comes first of three that were seen in one second.
    versions: [["A", "01 10:00", "03 10:00"], ["C", "03 10:00", null]],
  },
  {
    title: "a deletion closes at its event, the trash seen later changes nothing",
    sights: [["A", "01 10:00", "02 04:00"], ["event", "02 20:00", "02 20:00"], [
      "only_deleted",
      "01 10:00",
      "03 04:00",
    ]],
    versions: [["A", "01 10:00", "02 20:00", "event"]],
  },
  {
    title: "the trash closes at its own updated_at where that can be believed",
    sights: [["A", "01 10:00", "02 04:00"], ["only_deleted", "02 20:00", "03 04:00"]],
    versions: [["A", "01 10:00", "02 20:00", "only_deleted"]],
  },
  {
    title: "an absence closes at the start of the scan",
    sights: [["A", "01 10:00", "02 04:00"], ["absence", "03 04:00", "03 04:00"]],
    versions: [["A", "01 10:00", "03 04:00", "absence"]],
  },
  {
    title: "an unchanged lead that returns opens when it is seen",
    sights: [["A", "01 10:00", "02 04:00"], ["event", "03 09:00", "03 09:00"], [
      "A",
      "01 10:00",
      "05 04:00",
    ]],
    versions: [["A", "01 10:00", "03 09:00", "event"], ["A", "05 04:00", null]],
  },
  {
    title: "an unchanged lead that returns opens at the last restore before it was seen",
    sights: [["A", "01 10:00", "02 04:00"], ["event", "03 09:00", "03 09:00"], [
      "A",
      "01 10:00",
      "05 04:00",
    ]],
    restores: ["02 12:00", "03 12:00", "04 12:00", "05 12:00"],
    versions: [["A", "01 10:00", "03 09:00", "event"], ["A", "04 12:00", null]],
  },
  {
    title: "a restore before the deletion is none",
    sights: [["A", "01 10:00", "02 04:00"], ["event", "03 09:00", "03 09:00"], [
      "A",
      "01 10:00",
      "05 04:00",
    ]],
    restores: ["02 12:00", "05 12:00"],
    versions: [["A", "01 10:00", "03 09:00", "event"], ["A", "05 04:00", null]],
  },
  {
    title: "a return whose updated_at can be believed opens at it",
    sights: [["A", "01 10:00", "02 04:00"], ["event", "03 09:00", "03 09:00"], [
      "B",
      "04 15:00",
      "05 04:00",
    ]],
    restores: ["03 12:00"],
    versions: [["A", "01 10:00", "03 09:00", "event"], ["B", "04 15:00", null]],
  },
  {
    title: "a return that says it is from the future opens at the restore",
    sights: [["A", "01 10:00", "02 04:00"], ["event", "03 09:00", "03 09:00"], [
      "B",
      "20 15:00",
      "05 04:00",
    ]],
    restores: ["03 12:00"],
    versions: [["A", "01 10:00", "03 09:00", "event"], ["B", "03 12:00", null]],
  },
  {
    title: "a deletion that was taken back within its second leaves no gap",
    sights: [["A", "01 10:00", "02 04:00"], ["event", "03 09:00", "03 09:00"], [
      "A",
      "01 10:00",
      "05 04:00",
    ]],
    restores: ["03 09:00"],
    versions: [["A", "01 10:00", null]],
  },
  {
    title: "the second life is closed as the first was",
    sights: [["A", "01 10:00", "02 04:00"], ["event", "03 09:00", "03 09:00"], [
      "A",
      "04 10:00",
      "05 04:00",
    ], ["absence", "06 04:00", "06 04:00"]],
    versions: [["A", "01 10:00", "03 09:00", "event"], [
      "A",
      "04 10:00",
      "06 04:00",
      "absence",
    ]],
  },
  {
    title: "a lead that was never seen alive has no version",
    sights: [["event", "03 09:00", "03 09:00"]],
    versions: [],
  },
  {
    title: "a lead that leaves the pipeline and comes back",
    pipelines: true,
    sights: [["10", "01 10:00", "02 04:00"], ["20", "02 10:00", "03 04:00"], [
      "10",
      "03 10:00",
      "04 04:00",
    ]],
    versions: [["10", "01 10:00", "02 10:00"], ["20", "02 10:00", "03 10:00"], [
      "10",
      "03 10:00",
      null,
    ]],
  },
  {
    title: "all of it in one life",
    createdAt: "01 09:00",
    sights: [
      ["A", "01 08:00", "02 04:00"],
      ["B", "02 10:00", "03 04:00"],
      ["B", "03 02:00", "03 05:00"],
      ["A", "01 08:00", "04 04:00"],
      ["event", "04 12:00", "04 12:00"],
      ["only_deleted", "04 12:00", "05 04:00"],
      ["A", "01 08:00", "06 04:00"],
      ["C", "20 10:00", "07 04:00"],
      ["C", "07 12:00", "08 04:00"],
    ],
    restores: ["05 12:00"],
    versions: [
      ["A", "01 09:00", "02 10:00"],
      ["B", "02 10:00", "04 04:00"],
      ["A", "04 04:00", "04 12:00", "event"],
      ["A", "05 12:00", "07 04:00"],
      ["C", "07 04:00", null],
    ],
  },
];

testOnBothWarehouses("merge_ods_leads() follows each rule at once", async (warehouse) => {
  await land(warehouse, "stg_leads", CASES.flatMap(toRows));
  await landRestores(warehouse, CASES.flatMap(toRestores));
  await merge(warehouse);
  assert.deepEqual(await histories(warehouse), EXPECTED);
});

testOnBothWarehouses(
  "merge_ods_leads() follows each rule when rows arrive one by one, the last one first",
  async (warehouse) => {
    await landRestores(warehouse, CASES.flatMap(toRestores));
    const longest = Math.max(...CASES.map(({ sights }) => sights.length));
    for (let place = longest - 1; place >= 0; place--) {
      const rows = CASES.flatMap((one, i) => toRows(one, i).slice(place, place + 1));
      await land(warehouse, "stg_leads", rows);
      await merge(warehouse);
    }
    assert.deepEqual(await histories(warehouse), EXPECTED);
  },
);

testOnBothWarehouses(
  "merge_ods_leads() moves the opening of a return when its restore is told late",
  async (warehouse) => {
    const one = CASES.find(({ title }) => title.includes("opens at the last restore"));
    assert(one);
    const place = CASES.indexOf(one);
    await land(warehouse, "stg_leads", toRows(one, place));
    await merge(warehouse);
    await landRestores(warehouse, [
      ...toRestores(one, place),
      { lead_id: 99, created_at: at("04 12:00") },
    ]);

    const metrics = await merge(warehouse);

    assert.deepEqual(await histories(warehouse), [[one.title, one.versions.map(toFull)]]);
    assert.deepEqual([metrics?.rows_read, metrics?.ids_changed, metrics?.rows_written], [0, 1, 2]);
    assert.equal((await merge(warehouse))?.ids_changed, 0);
  },
);

const EXPECTED = CASES.map(({ title, versions }) => [title, versions.map(toFull)]);

function toFull([state, from, to, by]: Version) {
  return [state, from, to, by ?? null];
}

function toRows({ sights, createdAt, pipelines }: Case, i: number): StagedRow[] {
  return sights.map(([state, updatedAt, observedAt]) => {
    const deletedBy = ["only_deleted", "event", "absence"].find((one) => one === state) ?? null;
    const value = deletedBy ? null : state;
    return {
      id: i + 1,
      ...(pipelines ? { pipeline_id: value } : { plate: value }),
      created_at: createdAt && !deletedBy ? at(createdAt) : null,
      updated_at: at(updatedAt),
      observed_at: at(observedAt),
      is_deleted: deletedBy !== null,
      deleted_by: deletedBy,
      row_hash: `${state}`,
    };
  });
}

function toRestores({ restores = [] }: Case, i: number) {
  return restores.map((restoredAt) => ({ lead_id: i + 1, created_at: at(restoredAt) }));
}

/** "02 10:00" in May 2026, UTC. */
function at(text: string): string {
  return `2026-05-${text.replace(" ", "T")}:00Z`;
}

async function merge(warehouse: Warehouse) {
  const [metrics] = await runFiles(warehouse, "2026-05-09", ["ods/merge_ods_leads.sql"]);
  return metrics;
}

/** The versions of each lead that landed, under the title of its case. */
async function histories({ sql }: Warehouse) {
  const rows = await sql`
    select
      id::integer,
      coalesce(plate, pipeline_id::text) as state,
      to_char(valid_from at time zone 'UTC', 'DD HH24:MI') as opened,
      to_char(valid_to at time zone 'UTC', 'DD HH24:MI') as closed,
      closed_by
    from ods.ods_leads_hist
    order by id, valid_from
  `;
  const landed = await sql`select distinct id::integer from stg.stg_leads order by id`;
  return landed.map(({ id }) => [
    CASES[id - 1]?.title,
    rows.filter((row) => row.id === id)
      .map(({ state, opened, closed, closed_by }) => [state, opened, closed, closed_by]),
  ]);
}
