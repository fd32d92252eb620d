import assert from "node:assert/strict";
import fc from "fast-check";
import {
  type DailySetup,
  dumpLayers,
  fillAccount,
  onDatabase,
  RUN_COLUMNS,
  withAccount,
} from "../support/daily_setup.ts";
import { withEmptyDatabase } from "../support/own_server.ts";
import { findPostgresPrograms } from "../support/postgres_programs.ts";
import { startPostgresServer, type TestServer } from "../support/postgres_server.ts";
import {
  isWholeDay,
  noonZone,
  type RunLogRow,
  type SchedulerProcess,
  startScheduler,
  untilRunLog,
} from "../support/scheduler_process.ts";

/** What goes wrong, how often, and how long a failed task waits before its next try. */
const DISASTERS = [
  { name: "a worker is killed", times: 8, retryDelayS: "0.5" },
  { name: "the server cuts every connection", times: 6, retryDelayS: "0.5" },
  { name: "the server is restarted", times: 4, retryDelayS: "0.5" },
  { name: "the CRM is gone for 30 s", times: 2, retryDelayS: "15" },
] as const;

type Disaster = typeof DISASTERS[number];

const SEED = 20_260_503;
const GONE_MS = 30_000;
const BUSINESS_TZ = noonZone();
const DATE = Temporal.Now.plainDateISO(BUSINESS_TZ).toString();

/** What a run is thrown into. */
interface Scene {
  readonly server: TestServer;
  readonly setup: DailySetup;
  readonly victim: SchedulerProcess;
}

const programs = await findPostgresPrograms();

Deno.test({
  name: "two schedulers end a day in the same state whatever happens on the way (server)",
  ignore: programs === null,
  fn: async (test) => {
    assert.ok(programs);
    await using server = await startPostgresServer(programs, { isDurable: true });
    await withAccount(async (served) => {
      await fillAccount(served);
      const onFreshDatabase = (body: (setup: DailySetup) => Promise<void>) =>
        withEmptyDatabase(server, (warehouse) => onDatabase(served, warehouse, body));
      const calm = { layers: {}, lines: 0 };
      await onFreshDatabase(async (setup) => {
        await using scheduler = startDay(setup, "0.5");
        await untilRunLog(setup, (rows) => isWholeDay(rows, DATE), scheduler.said);
        calm.lines = scheduler.said().split("\n").length;
        calm.layers = await setup.inspect((warehouse) => dumpLayers(warehouse, RUN_COLUMNS));
      });
      for (const disaster of DISASTERS) {
        for (const percent of momentsOf(disaster)) {
          const line = Math.round(5 + (calm.lines - 5) * percent / 100);
          await test.step(`${disaster.name} at line ${line} of about ${calm.lines}`, () =>
            onFreshDatabase(async (setup) => {
              await survive(disaster, line, server, setup);
              const layers = await setup.inspect((found) => dumpLayers(found, RUN_COLUMNS));
              assert.deepEqual(layers, calm.layers);
            }));
        }
      }
    });
  },
});

/** When a disaster comes, in percent of a day's log; always the same ones. */
function momentsOf({ name, times }: Disaster): number[] {
  const seed = SEED + name.length;
  return fc.sample(fc.noBias(fc.integer({ min: 0, max: 100 })), { seed, numRuns: times });
}

function startDay(setup: DailySetup, retryDelayS: string): SchedulerProcess {
  return startScheduler(setup, { BUSINESS_TZ, RETRY_DELAY_S: retryDelayS, LOG_LEVEL: "debug" });
}

/** Two schedulers live through the day, and one disaster. */
async function survive(
  disaster: Disaster,
  line: number,
  server: TestServer,
  setup: DailySetup,
): Promise<void> {
  await using victim = startDay(setup, disaster.retryDelayS);
  await using other = startDay(setup, disaster.retryDelayS);
  const said = () => `${victim.said()}\n--- the other ---\n${other.said()}`;
  const isOver = (rows: readonly RunLogRow[]) => isWholeDay(rows, DATE);
  // The other one may have done most of the day, so that this one never says so much.
  await Promise.race([victim.untilLines(line), untilRunLog(setup, isOver, said)]);
  await strike(disaster, { server, setup, victim });
  const rows = await untilRunLog(setup, isOver, said);
  assert.deepEqual(findDoubles(rows), []);
  for (const scheduler of [victim, other]) {
    if (scheduler === victim && disaster.name === "a worker is killed") continue;
    // One that was just starting may say that it cannot; whoever started it starts it again.
    const isEnded = scheduler.isOver();
    if (!isEnded) scheduler.kill("SIGTERM");
    assert.equal(await scheduler.ended(), isEnded ? 1 : 0, said());
    assert.doesNotMatch(scheduler.said(), /Uncaught|TypeError/);
    if (isEnded) assert.match(scheduler.said(), /Cannot open the warehouse/);
  }
}

async function strike(disaster: Disaster, { server, setup, victim }: Scene): Promise<void> {
  if (disaster.name === "a worker is killed") return victim.kill("SIGKILL");
  if (disaster.name === "the server is restarted") return await server.restart();
  if (disaster.name === "the server cuts every connection") {
    await setup.inspect(({ sql }) =>
      sql`
        select pg_terminate_backend(pid)
        from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid()
      `
    );
    return;
  }
  setup.sandbox.faults.add({ kind: "reset" }, { times: 1_000_000 });
  await new Promise((resolve) => setTimeout(resolve, GONE_MS));
  setup.sandbox.faults.clear();
}

/** Tasks that succeeded twice: an extract may, when what it read was lost with its worker. */
function findDoubles(rows: readonly RunLogRow[]): string[] {
  const done = rows.filter(({ status }) => status === "success").map(({ task_id }) => task_id);
  return done.filter((task, i) => done.indexOf(task) !== i && !task.startsWith("extract"));
}
