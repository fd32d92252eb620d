import assert from "node:assert/strict";
import { chooseSpan, parseAsOf, parseMonth } from "../../../pipeline/report/choose_month.ts";
import { buildDay } from "../../support/marts.ts";
import { testOnBothWarehouses } from "../../support/warehouses.ts";

const MAY = Temporal.PlainYearMonth.from("2026-05");

for (const text of ["2026-13", "2026-5", "May", "2026-05-01"]) {
  Deno.test(`parseMonth() refuses "${text}"`, () => {
    assert.throws(() => parseMonth(text), {
      message: `Cannot report on the month "${text}": expected one like 2026-05`,
    });
  });
}

Deno.test("parseAsOf() refuses what is no day", () => {
  assert.throws(() => parseAsOf("2026-02-30"), {
    message: 'Cannot report as of "2026-02-30": expected a day like 2026-06-01',
  });
});

testOnBothWarehouses(
  "chooseSpan() takes the last finished day of the newest build",
  async (warehouse) => {
    await assert.rejects(chooseSpan(warehouse.sql, MAY, null), {
      message:
        "Cannot report on 2026-05: the marts were never built, expected a build: run deno task daily",
    });
    await buildDay(warehouse, "2026-05-20");
    const choose = (month: string, asOf: string | null) =>
      chooseSpan(
        warehouse.sql,
        Temporal.PlainYearMonth.from(month),
        asOf === null ? null : Temporal.PlainDate.from(asOf),
      );

    const { month, asOf } = await choose("2026-05", null);
    assert.deepEqual([month.toString(), asOf.toString()], ["2026-05", "2026-05-19"]);
    await assert.rejects(choose("2026-06", null), {
      message:
        "Cannot report on 2026-06: it had not begun at the end of 2026-05-19, expected 2026-05 at most: " +
        "report on an earlier month",
    });
    await assert.rejects(choose("2026-05", "2026-05-21"), {
      message:
        "Cannot report as of 2026-05-21: the warehouse was last built for 2026-05-20, expected that day at most: " +
        "run deno task daily --date 2026-05-21 when it has come, or report as of an earlier day",
    });
  },
);
