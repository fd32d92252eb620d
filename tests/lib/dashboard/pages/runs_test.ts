import assert from "node:assert/strict";
import { explainRun } from "../../../../lib/explain/explain.ts";
import { dags } from "../../../../pipeline/daily.ts";
import { temporaryFolder } from "../../../support/folders.ts";
import { csvRecords, get, plainText, serveLook } from "../../../support/look_site.ts";
import { addAttempt } from "../../../support/run_log_rows.ts";
import { testOnBothWarehouses } from "../../../support/warehouses.ts";

const ERROR = `sql/dds/merge_dim_car.sql:12:5: column "x" does not exist (SQLSTATE 42703)
    <img src=x onerror=alert(1)>
    ^`;

const DATE = "2026-05-03";

testOnBothWarehouses(
  "runsPage() and runPage() show the grid, attempts, the error with its line, the log and what explain says",
  async ({ sql, ...rest }) => {
    const warehouse = { sql, ...rest };
    const failed = { dag: "daily_build_dds_dim", date: DATE };
    await addAttempt(sql, {
      ...failed,
      task: "merge_dim_car",
      error: ERROR,
      metrics: { rows_read: 12, note: "=1+1" },
    });
    await sql`
      update ops.run_log set log_tail = 'last <words>' where task_id = 'merge_dim_car'
    `;
    for (const task of ["merge_dim_client", "merge_dim_status"]) {
      await addAttempt(sql, {
        ...failed,
        task,
        status: "success",
        error: null,
        metrics: { warning_duplicate_licenses: task === "merge_dim_client" ? 2 : 0 },
      });
    }
    await using site = serveLook(warehouse);

    const grid = await get(site, "/runs?from=2026-05-01&to=2026-05-03");
    assert.equal(grid.status, 200);
    assert.match(grid.text, /aria-label="daily_build_dds_dim, 3 May 2026: failed"/);
    assert.match(
      grid.text,
      /href="\/runs\/daily_build_dds_dim\/2026-05-03\?from=2026-05-01&amp;to=2026-05-03"/,
    );
    assert.match(plainText(grid.text), /The newest problem/);
    const csv = await csvRecords(site, "/runs.csv?from=2026-05-01&to=2026-05-03");
    assert.deepEqual(
      csv.map((
        { dag_id, date, status, tasks_succeeded, attempts },
      ) => [dag_id, date, status, tasks_succeeded, attempts]),
      [["daily_build_dds_dim", DATE, "failed", "2", "3"]],
    );

    const page = await get(site, `/runs/daily_build_dds_dim/${DATE}`);
    const text = plainText(page.text);
    const told = await explainRun(sql, dags, "daily_build_dds_dim", DATE, "Asia/Dubai", 30);
    assert.ok(text.includes(told.replaceAll(/\s+/g, " ").slice(0, 200)), told);
    assert.match(text, /sql\/dds\/merge_dim_car\.sql:12:5: column "x" does not exist/);
    assert.deepEqual(text.match(/\w+ reports [^.]+\./g), [
      "merge_dim_client reports duplicate_licenses: 2.",
    ]);
    assert.match(page.text, /last &lt;words&gt;/);
    assert.ok(!page.text.includes("<img src=x"));
    assert.ok(!page.text.includes('<form class="moment-form" method="post"'));
    const metrics = await get(site, `/runs/daily_build_dds_dim/${DATE}.csv?table=metrics`);
    assert.match(metrics.text, /merge_dim_car,1,note,'=1\+1/);

    const answers = await Promise.all([
      get(site, "/runs/no_such_dag/2026-05-03"),
      get(site, "/runs/daily_build_dds_dim/2026-02-30"),
      get(site, "/runs/daily_build_dds_dim/2026-05-09"),
      get(site, "/runs/daily_build_dds_dim/9999-12-31"),
      get(site, "/runs/daily_build_dds_dim/0000-01-01"),
    ]);
    assert.deepEqual(answers.map(({ status }) => status), [404, 400, 200, 400, 400]);
    assert.match(plainText(answers[3]?.text ?? ""), /DATE is 9999-12-31, which is still to come\./);
    assert.match(plainText(answers[2]?.text ?? ""), /Nobody has tried it for this date/);
  },
);

testOnBothWarehouses(
  "runPage() takes the lines of an attempt from its file where that is there",
  async (warehouse) => {
    await addAttempt(warehouse.sql, {
      dag: "daily_build_dds_dim",
      task: "merge_dim_car",
      date: DATE,
      status: "success",
      error: null,
    });
    await using folder = await temporaryFolder();
    const logs = `${folder.path}/daily_build_dds_dim/${DATE}`;
    await Deno.mkdir(logs, { recursive: true });
    await Deno.writeTextFile(`${logs}/merge_dim_car.1.log`, "[merge] 42 cars\n");
    await using site = serveLook(warehouse, { logDir: folder.path });

    const page = await get(site, `/runs/daily_build_dds_dim/${DATE}`);

    assert.match(
      plainText(page.text),
      /merge_dim_car, attempt 1, from its file, at most the last 200 lines \[merge\] 42 cars/,
    );
  },
);

testOnBothWarehouses("runsPage() explains an empty warehouse", async (warehouse) => {
  await using site = serveLook(warehouse);
  const grid = await get(site, "/runs?lang=ru");
  assert.equal(grid.status, 200);
  assert.match(plainText(grid.text), /ничего не запускалось/);
});
