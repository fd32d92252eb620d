// How often a task waits for the server: with the server elsewhere each time costs a way there and back.
import assert from "node:assert/strict";
import { passChecks } from "../../../lib/checks/gate.ts";
import { readConfig } from "../../../lib/config.ts";
import { sqlTask } from "../../../lib/dag/sql_task.ts";
import { openServer } from "../../../lib/warehouse/open.ts";
import { taskContext } from "../../../bench/support/task_context.ts";
import { openCountedWay } from "../../support/batches.ts";
import { serverAccess, testOnServer } from "../../support/warehouses.ts";

testOnServer(
  "a task waits for the server five times: to begin, for its files, to see what its checks look at, to keep their results, and to commit",
  async ({ sql: { options } }) => {
    if (serverAccess === null) return;
    await using way = await openCountedWay(serverAccess);
    const database = String(options.database);
    await using warehouse = await openServer({
      ...serverAccess,
      host: "127.0.0.1",
      port: way.port,
      database,
      sslmode: "disable",
    });
    const task = sqlTask("merge_dim_car", "dds/merge_dim_car.sql");
    const context = taskContext(readConfig({}, { amo: false }));
    const run = () =>
      warehouse.sql.begin(async (tx) => {
        const result = await task.write?.(tx, context, undefined) ?? { metrics: {} };
        await passChecks(tx, task.id, context, result);
      });
    // Once before: to connect is waited for too. Nothing is changed either time, so that no check runs.
    await run();

    assert.equal(await way.count(run), 5);
  },
);
