// Rentals whose leads lie still while cars and clients come, go, take each other's plates and licences or show up late: what
// the merges find to look at again must be all that says something else by now.
import assert from "node:assert/strict";
import fc from "fast-check";
import type { Warehouse } from "../../../lib/warehouse/warehouse.ts";
import { casesOn } from "../../support/cases.ts";
import { findOffenders } from "../../support/checks.ts";
import { emptySchemas } from "../../support/empty_schemas.ts";
import { CONFIRMED, OTHER, RENTALS } from "../../support/rentals.ts";
import {
  dump,
  land,
  listStatuses,
  MERGES,
  runFiles,
  type StagedRow,
} from "../../support/staged.ts";
import { testOnServer, withEmbedded } from "../../support/warehouses.ts";

const CASES = casesOn({ embedded: 3, server: 40 });
const FIRST_HOUR = Date.UTC(2026, 4, 1);
const HOURS = 5 * 24;

/** Two keys, in several spellings, that records pass around; one that nobody shares, and none. */
const key = fc.constantFrom("A 1", "a-1", "А1", "B 2", "b2", "C 3", null);
const hour = fc.integer({ min: 0, max: HOURS - 1 });
const isDeleted = fc.integer({ min: 0, max: 5 }).map((dice) => dice === 0);
const isCar = fc.boolean();

/** A car or a client: 3 and 4 are linked by leads, and may come into the catalog late or never. */
const member = fc.record({ isCar, id: fc.integer({ min: 1, max: 4 }), key, hour, isDeleted });
const element = fc.constantFrom(null, null, null, null, 0, 3, 4);
const lead = fc.record({
  id: fc.integer({ min: 1, max: 6 }),
  plate: key,
  license: key,
  carElement: element,
  clientElement: element,
  pipeline: fc.constantFrom(RENTALS, RENTALS, RENTALS, RENTALS, OTHER),
  hour,
  isDeleted,
});

const day = fc.record({
  members: fc.array(member, { maxLength: 3 }),
  leads: fc.oneof(
    { weight: 2, arbitrary: fc.array(lead, { maxLength: 0 }) },
    { weight: 1, arbitrary: fc.array(lead, { maxLength: 3 }) },
  ),
  // What a day gets to: the merges of the history may succeed and those of the facts fail.
  reaches: fc.constantFrom("facts", "facts", "facts", "changes", "history", "nothing"),
});

const days = fc.tuple(
  fc.record({
    leads: fc.array(lead, { minLength: 4, maxLength: 8 }),
    members: fc.array(member, { maxLength: 6 }),
  }),
  fc.array(day, { minLength: 2, maxLength: 5 }),
);

Deno.test("rentals follow cars and clients whatever becomes of these (embedded)", () =>
  withEmbedded((warehouse) => checkLinks(warehouse, CASES.embedded)));

testOnServer(
  "rentals follow cars and clients whatever becomes of these",
  (warehouse) => checkLinks(warehouse, CASES.server),
);

async function checkLinks(warehouse: Warehouse, numRuns: number): Promise<void> {
  await fc.assert(
    fc.asyncProperty(days, async ([first, others]) => {
      await emptySchemas(warehouse, ["stg", "ods", "dict", "dds"]);
      await listStatuses(warehouse, {
        [RENTALS]: ["Car Rental", { [CONFIRMED]: "Confirmed" }],
        [OTHER]: ["Other", { [CONFIRMED]: "Confirmed" }],
      });
      await liveDay(warehouse, { ...first, reaches: "facts" });
      for (const day of others) await liveDay(warehouse, day);
      await liveDay(warehouse, { leads: [], members: [], reaches: "facts" });
      const dayByDay = await readLinks(warehouse);
      assert.deepEqual(await findOffenders(warehouse, "rentals_of_nobody"), []);

      await emptySchemas(warehouse, ["dds"]);
      await runFiles(warehouse, "2026-05-06", MERGES.filter((path) => path.startsWith("dds/")));
      assert.deepEqual(dayByDay, await readLinks(warehouse));
    }),
    { numRuns, endOnFailure: true },
  );
}

async function liveDay(warehouse: Warehouse, day: Value<typeof days>[1][number]): Promise<void> {
  const { members, leads, reaches } = day;
  const cars = members.filter((member) => member.isCar);
  const clients = members.filter((member) => !member.isCar);
  await land(warehouse, "stg_cars", cars.map((car) => ({ ...toRow(car), plate: car.key })));
  await land(
    warehouse,
    "stg_clients",
    clients.map((client) => ({ ...toRow(client), license: client.key })),
  );
  await land(warehouse, "stg_leads", leads.map(toLead));
  const merges = {
    nothing: [],
    history: MERGES.filter((path) => !path.startsWith("dds/")),
    // A failure of the rentals themselves.
    changes: MERGES.slice(0, MERGES.indexOf("dds/merge_fact_rentals.sql")),
    facts: MERGES,
  }[reaches] ?? [];
  await runFiles(warehouse, "2026-05-06", merges);
}

function toRow({ id, hour, isDeleted }: Pick<Value<typeof member>, "id" | "hour" | "isDeleted">) {
  return {
    id,
    created_at: new Date(FIRST_HOUR).toISOString(),
    updated_at: new Date(FIRST_HOUR + hour * 3_600_000).toISOString(),
    is_deleted: isDeleted,
    deleted_by: isDeleted ? "event" : null,
  };
}

function toLead(value: Value<typeof lead>): StagedRow {
  return {
    ...toRow(value),
    status_id: CONFIRMED,
    pipeline_id: value.pipeline,
    plate: value.plate,
    license: value.license,
    car_element_id: value.carElement,
    client_element_id: value.clientElement,
  };
}

async function readLinks(warehouse: Warehouse) {
  return {
    rentals: await dump(warehouse, "dds.fact_rentals", "lead_id"),
    unresolved: await dump(warehouse, "dds.unresolved_link", "lead_id, kind, key"),
  };
}

type Value<T> = T extends fc.Arbitrary<infer V> ? V : never;
