import assert from "node:assert/strict";
import { formatKpiPage, KPI_PAGE } from "../../support/kpi.ts";
import { testOnBothWarehouses } from "../../support/warehouses.ts";

testOnBothWarehouses("docs/kpi.md is what the comments of schema dm say", async (warehouse) => {
  const page = await formatKpiPage(warehouse);

  assert.equal(await Deno.readTextFile(KPI_PAGE), page, "write it anew: deno task kpi");
  const bare = page.split("\n").filter((line) => /^\| `\w+` \| {2}\|$|^\.$|: $/.test(line));
  assert.deepEqual(bare, [], "a table, column or function without a comment");
});
