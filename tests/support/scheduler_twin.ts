// One of several schedulers that live through many dates on a clock of their own, without waiting.
// Arguments: the first date, and how many.
import { readConfig } from "../../lib/config.ts";
import { scheduleDags } from "../../lib/dag/scheduled_dags.ts";
import { dagRunOf } from "../../lib/run_log/dag_run.ts";
import { isActive, readTaskStates, type TaskState } from "../../lib/run_log/task_states.ts";
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
  // Late enough for the last DAG of the day.
  now: () =>
    Promise.resolve(
      date.toZonedDateTime({ timeZone: fast.businessTz, plainTime: "23:59" }).toInstant(),
    ),
  sleep: (_ms, signal) => sleep(20, signal),
});

for (let day = 0; day < Number(days); day++, date = date.add({ days: 1 })) {
  let before: string | null = null;
  for (let states = await readStates(); isOpen(states); states = await readStates()) {
    const now = states.map(({ dag_id, task_id, run_id, status }) =>
      `${dag_id}.${task_id} ${run_id} ${status}`
    ).join(", ");
    // Nobody works, and a whole beat changed nothing: the next one would not either, for ever.
    if (now === before && !states.some(isActive)) {
      throw new Error(`Nothing is due of ${date}, done is: ${now}`);
    }
    before = now;
    await scheduler.beat();
    await scheduler.idle();
  }
}

function readStates(): Promise<readonly TaskState[]> {
  return readTaskStates(session.warehouse.sql, date.toString());
}

/** Whether a DAG has not succeeded for the date yet, whoever runs it. */
function isOpen(states: readonly TaskState[]): boolean {
  return dags.some((dag) => dagRunOf(dag, date.toString(), states).isOpen);
}
