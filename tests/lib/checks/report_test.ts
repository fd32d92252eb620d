import assert from "node:assert/strict";
import { readChecks } from "../../../lib/checks/file.ts";
import { formatCheckReport } from "../../../lib/checks/report.ts";

Deno.test("the report of checks has straight columns and 80 of them, with the longest name and table too", async () => {
  const checks = await readChecks();
  const results = checks.flatMap(({ name, severity, tables }) =>
    tables.map(({ table }) => ({
      ...{ check: name, table, severity },
      ...{ offenders: 0, sample: [] },
    }))
  );

  const [head = "", ...lines] = formatCheckReport(results, checks).split("\n").slice(0, -2);

  assert.equal(lines.length, results.length);
  const start = head.indexOf("severity");
  assert.deepEqual(lines.filter((line) => !/^ (error|warn)/.test(line.slice(start - 1))), []);
  assert.deepEqual([head, ...lines].filter(({ length }) => length !== 80), []);
});
