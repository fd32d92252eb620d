// One of several schedulers that live through many dates on a clock of their own, without waiting.
// Arguments: the first date, and how many.
import { readConfig } from "../../lib/config.ts";
import { scheduleDags } from "../../lib/dag/scheduled_dags.ts";
import { dagRunOf } from "../../lib/run_log/dag_run.ts";
import { readTaskStates } from "../../lib/run_log/task_states.ts";
import { openSession } from "../../lib/script/session.ts";
import { sleep } from "../../lib/sleep.ts";
import { dags } from "../../pipeline/daily.ts";
import { createScheduler } from "../../pipeline/scheduler/beats.ts";

const [firstDate = "", days = "0"] = Deno.args;
const config = readConfig();
if (!config.amo) throw new Error("Cannot start: there is no account, expected one");
const fast = { ...config, amo: { ...config.amo, requestsPerSecond: 1000 } };
await using session = await openSession({ amo: true }, fast);
let date = Temporal.PlainDate.from(firstDate);
const scheduler = createScheduler({
  ...session,
  dags: scheduleDags(dags, fast, new Map()),
  now: () =>
    Promise.resolve(
      date.toZonedDateTime({ timeZone: fast.businessTz, plainTime: "05:45" }).toInstant(),
    ),
  sleep: (_ms, signal) => sleep(20, signal),
});

for (let day = 0; day < Number(days); day++, date = date.add({ days: 1 })) {
  while (!await isWhole()) {
    await scheduler.beat();
    await scheduler.idle();
  }
}

/** Whether every DAG has succeeded for the date, by whomever. */
async function isWhole(): Promise<boolean> {
  const states = await readTaskStates(session.warehouse.sql, date.toString());
  return dags.every((dag) => !dagRunOf(dag, date.toString(), states).isOpen);
}
