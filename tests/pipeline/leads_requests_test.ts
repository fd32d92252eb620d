import assert from "node:assert/strict";
import { dag as loadEvents } from "../../pipeline/daily_amocrm_load_events.ts";
import { dag as loadLeads } from "../../pipeline/daily_amocrm_load_leads.ts";
import { openExtractBench } from "../support/extracts.ts";
import { withEmbedded } from "../support/warehouses.ts";

const KNOWN = 500;
const OTHERS = 19_500;

Deno.test(
  "a day of leads and events asks 10 times at most without a change, and 25 times with 500",
  () =>
    withEmbedded(async (warehouse) => {
      await using bench = await openExtractBench(warehouse);
      const { account, sandbox } = bench;
      const create = (count: number, changes: object) =>
        account.create(
          "/leads",
          "leads",
          Array.from({ length: count }, (_, i) => ({
            name: `Lead ${i}`,
            created_at: 1_700_000_000 + i,
            updated_at: 1_700_000_000 + i,
            ...changes,
          })),
        );
      const countRequests = async (day: string) => {
        sandbox.requests.clear();
        const logicalDate = Temporal.PlainDate.from(day);
        for (const dag of [loadLeads, loadEvents]) {
          const outcome = await bench.run(dag, { logicalDate });
          assert.equal(outcome.status, "success", outcome.tasks.map(({ error }) => error).join());
        }
        return sandbox.requests.list().length;
      };
      const ids = await create(KNOWN, { pipeline_id: account.pipelineId });
      sandbox.clock.advance({ hours: 2 });
      await countRequests("2026-05-03");
      // Nobody reads these here: what a day costs must not follow how many leads there are.
      sandbox.setSwitches({ missingEventTypes: ["lead_added"] });
      await create(OTHERS, {});
      sandbox.clock.advance({ days: 1 });

      const quiet = await countRequests("2026-05-04");
      assert.ok(quiet <= 10, `${quiet} requests on a day without a change`);

      for (let start = 0; start < KNOWN; start += 50) {
        await account.patch(
          "/leads",
          ids.slice(start, start + 50).map((id) => ({ id, price: 200 })),
        );
        sandbox.clock.advance({ hours: 2 });
      }
      const busy = await countRequests("2026-05-05");
      assert.ok(busy <= 25, `${busy} requests on a day with ${KNOWN} changes`);
      const [row] = await warehouse.sql`select count(*)::integer as rows from stg.stg_leads`;
      assert.equal(row?.rows, 2 * KNOWN);
    }),
);
