import assert from "node:assert/strict";
import { createRandom } from "../../lib/sandbox/account/random.ts";
import type { Warehouse } from "../../lib/warehouse/warehouse.ts";
import { temporaryFolder } from "../support/folders.ts";
import { testOnServer } from "../support/warehouses.ts";
import { createBusiness } from "./business.ts";
import { openCrm, type Step, toFields } from "./crm.ts";
import { createJudge } from "./judge.ts";
import { describeFindings } from "./report.ts";
import { openPipeline } from "./warehouse_days.ts";
import { type Life, runAll } from "./world.ts";

const IMPORTED = 2_100;
const ZONE = "Asia/Dubai";

testOnServer(
  "a day reads thousands of leads of one second, edited and deleted meanwhile, none twice and all of them",
  async (warehouse) => {
    await using crm = await openCrm({ seed: 1, start: "2026-05-01T05:00:00Z", businessZone: ZONE });
    await using folder = await temporaryFolder();
    using pipeline = openPipeline(warehouse, crm.sandbox, folder.path, { BUSINESS_TZ: ZONE });
    const runDate = openLife(warehouse, crm, pipeline);
    await crm.make(importOf(crm, 5));
    await runDate(1, "2026-05-02");

    crm.sandbox.clock.set("2026-05-02T09:00:00Z");
    for (let left = IMPORTED; left > 0; left -= 250) {
      await crm.make(importOf(crm, Math.min(left, 250)));
    }
    crm.sandbox.clock.set("2026-05-03T00:00:00Z");
    const ids = [...crm.leads.keys()];
    // One of the first page, one of its edge and one of the last page leave the second while it is read.
    [ids[7], ids[255], ids.at(-1)].forEach((id, i) => {
      const edit: Step = { method: "PATCH", path: "/api/v4/leads", body: [{ id, price: 7 }] };
      const trash: Step = {
        method: "POST",
        path: "/_sandbox/leads/delete",
        body: { ids: [ids[100 + i]] },
      };
      const requests = [edit, trash];
      crm.sandbox.faults.add({ kind: "then", requests }, {
        path: "/api/v4/leads",
        method: "GET",
        after: 6 + 3 * i,
      });
    });
    await runDate(2, "2026-05-03");
    await runDate(3, "2026-05-04");
    const [landed] = await warehouse.sql`
      select count(*)::integer as leads, count(distinct id)::integer as ids
      from stg.stg_leads
      where updated_at = '2026-05-02T09:00:00Z' and not is_deleted
    `;
    assert.equal(landed?.leads, landed?.ids);
    assert.ok(landed?.leads > IMPORTED - 6, `${landed?.leads} leads of that second have landed`);
  },
);

function importOf(crm: Life["crm"], count: number): Step {
  const { account: { pipelineId, statuses, leadFields } } = crm;
  const body = Array.from({ length: count }, (_, i) => ({
    name: `Lead ${i}`,
    price: 100,
    pipeline_id: pipelineId,
    status_id: statuses.Inquiry,
    custom_fields_values: toFields(leadFields, { plate: "A 1" }),
  }));
  return { method: "POST", path: "/api/v4/leads", body };
}

/** Nothing happens but what the test does. */
function openLife(warehouse: Warehouse, crm: Life["crm"], pipeline: Life["pipeline"]) {
  const options = { seed: 1, days: 3, maxLeads: IMPORTED, isHonest: true };
  const random = { ...createRandom(1), between: () => 100 };
  const judge = createJudge(crm, warehouse);
  const business = createBusiness(crm, random, options);
  const first = Temporal.PlainDate.from("2026-05-01");
  const parts = { options, crm, random, business, pipeline, watcher: judge, first };
  const life: Life = { ...parts, isTicking: false, seen: 0 };
  return async (day: number, date: string) => {
    const plainDate = Temporal.PlainDate.from(date);
    const runAt = plainDate.toZonedDateTime({ timeZone: ZONE, plainTime: "04:00" });
    crm.sandbox.clock.set(runAt.toInstant());
    assert.ok(await runAll(life, day, plainDate, false, null));
    await judge.dayIsOver(day, date, true);
    if (judge.findings.length > 0) assert.fail(describeFindings(options, judge));
  };
}
