import assert from "node:assert/strict";
import fc from "fast-check";
import {
  type DailySetup,
  dumpLayers,
  fillAccount,
  onDatabase,
  onServer,
  RUN_COLUMNS,
  withAccount,
} from "../support/daily_setup.ts";
import { withEmptyDatabase } from "../support/own_server.ts";
import { findPostgresPrograms } from "../support/postgres_programs.ts";
import { startPostgresServer } from "../support/postgres_server.ts";
import {
  isWholeDay,
  noonZone,
  type RunLogRow,
  type SchedulerProcess,
  startScheduler,
  untilRunLog,
} from "../support/scheduler_process.ts";
import { serverAvailable } from "../support/warehouses.ts";

/** What goes wrong, how often, and how long a failed task waits before its next try. */
interface Disaster {
  readonly name: string;
  readonly times: number;
  readonly retryDelayS: string;
  strike(scene: Scene): Promise<void> | void;
}

/** `TEST_DISASTERS=3 deno task test tests/pipeline/scheduler_chaos_test.ts` lives through three times as many. */
const MORE = Number(Deno.env.get("TEST_DISASTERS") ?? 1);
const SEED = 20_260_503;
const GONE_MS = 30_000;
const BUSINESS_TZ = noonZone();
const DATE = Temporal.Now.plainDateISO(BUSINESS_TZ).toString();

/** What a run is thrown into. */
interface Scene {
  readonly setup: DailySetup;
  readonly victim: SchedulerProcess;
}

/** Where a disaster comes, and who reports on each time that it does. */
interface Course {
  /** In percent of a day's log. */
  readonly moments: readonly number[];
  readonly isOnOwnServer?: boolean;
  readonly onFreshDatabase: (body: (setup: DailySetup) => Promise<void>) => Promise<void>;
  readonly step: (name: string, body: () => Promise<void>) => Promise<unknown>;
}

type Served = Pick<DailySetup, "sandbox" | "account">;

const KILL: Disaster = {
  name: "a worker is killed",
  times: 3,
  retryDelayS: "0.5",
  strike: ({ victim }) => victim.kill("SIGKILL"),
};

const CUT: Disaster = {
  name: "the server cuts every connection",
  times: 2,
  retryDelayS: "0.5",
  strike: ({ setup }) =>
    setup.inspect(async ({ sql }) => {
      await sql`
        select pg_terminate_backend(pid)
        from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid()
      `;
    }),
};

const OUTAGE: Disaster = {
  name: "the CRM is gone for 30 s",
  times: 2,
  // Waits of 7.5 and 15 s at least, and 11 s in which the client asks again by itself: the last one comes after the 30 s.
  retryDelayS: "10",
  strike: async ({ setup }) => {
    setup.sandbox.faults.add({ kind: "reset" }, { times: 1_000_000 });
    await new Promise((resolve) => setTimeout(resolve, GONE_MS));
    setup.sandbox.faults.clear();
  },
};

for (const disaster of [KILL, CUT]) {
  testDisaster(
    disaster.name,
    serverAvailable,
    (test) =>
      withAccount((served) =>
        liveThrough(disaster, served, {
          moments: momentsOf(disaster),
          onFreshDatabase: (body) => onServer(served, body),
          step: (name, body) => test.step(name, body),
        })
      ),
  );
}

const programs = await findPostgresPrograms();

testDisaster("the server is restarted", programs !== null, async (test) => {
  assert.ok(programs);
  // One of its own: the other tests would not survive that.
  await using server = await startPostgresServer(programs, { isDurable: true });
  const disaster: Disaster = {
    name: "the server is restarted",
    times: 2,
    retryDelayS: "0.5",
    strike: () => server.restart(),
  };
  await withAccount((served) =>
    liveThrough(disaster, served, {
      moments: momentsOf(disaster),
      isOnOwnServer: true,
      onFreshDatabase: (body) =>
        withEmptyDatabase(server, (warehouse) => onDatabase(served, warehouse, body)),
      step: (name, body) => test.step(name, body),
    })
  );
});

// Each time on an account of its own: so they wait side by side.
testDisaster(OUTAGE.name, serverAvailable, async () => {
  await Promise.all(
    momentsOf(OUTAGE).map((moment) =>
      withAccount((served) =>
        liveThrough(OUTAGE, served, {
          moments: [moment],
          onFreshDatabase: (body) => onServer(served, body),
          step: (_name, body) => body(),
        })
      )
    ),
  );
});

function testDisaster(
  name: string,
  isPossible: boolean,
  fn: (test: Deno.TestContext) => Promise<void>,
): void {
  Deno.test({
    name: `two schedulers end a day in the same state when ${name} (server)`,
    ignore: !isPossible,
    fn,
  });
}

/** A day on which nothing goes wrong: what is in the warehouse then, and how long its log is. */
interface CalmDay {
  readonly layers: Awaited<ReturnType<typeof dumpLayers>>;
  readonly lines: number;
}

/** Every account of these tests is the same one, so that one day serves all that are on the tests' server. */
let calmDay: Promise<CalmDay> | null = null;

async function liveInPeace(setup: DailySetup): Promise<CalmDay> {
  await using scheduler = startDay(setup, "0.5");
  await untilRunLog(setup, (rows) => isWholeDay(rows, DATE), scheduler.said);
  const lines = scheduler.said().split("\n").length;
  const layers = await setup.inspect((warehouse) => dumpLayers(warehouse, RUN_COLUMNS));
  assert.equal(layers["dds.fact_rentals"]?.length, 20);
  return { layers, lines };
}

async function liveInPeaceOn(onFreshDatabase: Course["onFreshDatabase"]): Promise<CalmDay> {
  const { promise, resolve } = Promise.withResolvers<CalmDay>();
  await onFreshDatabase(async (setup) => resolve(await liveInPeace(setup)));
  return await promise;
}

/** Lives through a day again and again with the disaster at another moment, and compares it with a calm one. */
async function liveThrough(
  disaster: Disaster,
  served: Served,
  { moments, isOnOwnServer, onFreshDatabase, step }: Course,
): Promise<void> {
  await fillAccount(served);
  // A database without tables has a longer log.
  const calm =
    await (isOnOwnServer
      ? liveInPeaceOn(onFreshDatabase)
      : calmDay ??= liveInPeaceOn(onFreshDatabase));
  for (const percent of moments) {
    const line = Math.round(5 + (calm.lines - 5) * percent / 100);
    await step(`at line ${line} of about ${calm.lines}`, () =>
      onFreshDatabase(async (setup) => {
        await survive(disaster, line, setup);
        const layers = await setup.inspect((found) => dumpLayers(found, RUN_COLUMNS));
        assert.deepEqual(layers, calm.layers);
      }));
  }
}

/** When a disaster comes, in percent of a day's log; always the same ones. */
function momentsOf({ name, times }: Disaster): number[] {
  const seed = SEED + name.length;
  return fc.sample(fc.noBias(fc.integer({ min: 0, max: 100 })), { seed, numRuns: times * MORE });
}

function startDay(setup: DailySetup, retryDelayS: string): SchedulerProcess {
  return startScheduler(setup, { BUSINESS_TZ, RETRY_DELAY_S: retryDelayS, LOG_LEVEL: "debug" });
}

/** Two schedulers live through the day, and one disaster. */
async function survive(
  disaster: Disaster,
  line: number,
  setup: DailySetup,
): Promise<void> {
  await using victim = startDay(setup, disaster.retryDelayS);
  await using other = startDay(setup, disaster.retryDelayS);
  const said = () => `${victim.said()}\n--- the other ---\n${other.said()}`;
  const isOver = (rows: readonly RunLogRow[]) => isWholeDay(rows, DATE);
  // The other one may have done most of the day, so that this one never says so much.
  await Promise.race([victim.untilLines(line), untilRunLog(setup, isOver, said)]);
  await disaster.strike({ setup, victim });
  const rows = await untilRunLog(setup, isOver, said);
  assert.deepEqual(findDoubles(rows), []);
  for (const scheduler of [victim, other]) {
    if (scheduler === victim && disaster === KILL) continue;
    // One that was just starting may say that it cannot; whoever started it starts it again.
    const isEnded = scheduler.isOver();
    if (!isEnded) scheduler.kill("SIGTERM");
    assert.equal(await scheduler.ended(), isEnded ? 1 : 0, said());
    assert.doesNotMatch(scheduler.said(), /Uncaught|TypeError/);
    if (isEnded) assert.match(scheduler.said(), /Cannot open the warehouse/);
  }
}

/** Tasks that succeeded twice: an extract may, when what it read was lost with its worker. */
function findDoubles(rows: readonly RunLogRow[]): string[] {
  const done = rows.filter(({ status }) => status === "success").map(({ task_id }) => task_id);
  return done.filter((task, i) => done.indexOf(task) !== i && !task.startsWith("extract"));
}
