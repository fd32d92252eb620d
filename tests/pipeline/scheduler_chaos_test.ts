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

/** What goes wrong, how often in a day, and the settings with which schedulers live through it. */
interface Disaster {
  readonly name: string;
  readonly times: number;
  readonly settings: Readonly<Record<string, string>>;
  strike(scene: Scene): Promise<void> | void;
}

/** `TEST_DISASTERS=3 deno task test tests/pipeline/scheduler_chaos_test.ts` lives through three times as many days. */
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

/** On which days a disaster comes and when, and who reports on each of them. */
interface Course {
  /** In percent of a day's log. */
  readonly days: readonly (readonly number[])[];
  readonly onFreshDatabase: (body: (setup: DailySetup) => Promise<void>) => Promise<void>;
  readonly step: (name: string, body: () => Promise<void>) => Promise<unknown>;
}

type Served = Pick<DailySetup, "sandbox" | "account">;

const QUICK = { RETRY_DELAY_S: "0.5" };

const KILL: Disaster = {
  name: "a worker is killed",
  times: 3,
  settings: QUICK,
  strike: ({ victim }) => victim.kill("SIGKILL"),
};

const CUT: Disaster = {
  name: "the server cuts every connection",
  times: 2,
  settings: QUICK,
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
  times: 1,
  settings: {
    // Waits of 6.75 and 13.5 s at least, and 11 s in which the client asks again by itself: the last one comes after the 30 s.
    RETRY_DELAY_S: "9",
    // For so long there is nothing to see.
    POKE_INTERVAL_S: "1",
    DENO_CRON_TEST_SCHEDULE_OFFSET: "1000",
  },
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
          days: daysOf(disaster),
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
    settings: QUICK,
    strike: () => server.restart(),
  };
  await withAccount((served) =>
    liveThrough(disaster, served, {
      days: daysOf(disaster),
      onFreshDatabase: (body) =>
        withEmptyDatabase(server, (warehouse) => onDatabase(served, warehouse, body)),
      step: (name, body) => test.step(name, body),
    })
  );
});

// Each day on an account of its own: so they wait side by side.
testDisaster(OUTAGE.name, serverAvailable, async () => {
  await Promise.all(
    daysOf(OUTAGE, 2).map((moments) =>
      withAccount((served) =>
        liveThrough(OUTAGE, served, {
          days: [moments],
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

/** Every account of these tests is the same one, so that one day serves all of them. */
let calmDay: Promise<CalmDay> | null = null;

async function liveInPeace(setup: DailySetup): Promise<CalmDay> {
  await using scheduler = startDay(setup, QUICK);
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

/** Lives through days in which the disaster comes again and again, and compares each of them with a calm one. */
async function liveThrough(
  disaster: Disaster,
  served: Served,
  { days, onFreshDatabase, step }: Course,
): Promise<void> {
  await fillAccount(served);
  const calm = await (calmDay ??= liveInPeaceOn(onFreshDatabase));
  for (const moments of days) {
    const lines = moments.map((percent) => Math.round(5 + (calm.lines - 5) * percent / 100));
    await step(
      `at lines ${lines.join(", ")} of about ${calm.lines}`,
      () =>
        onFreshDatabase(async (setup) => {
          await survive(disaster, lines, setup);
          const layers = await setup.inspect((found) => dumpLayers(found, RUN_COLUMNS));
          assert.deepEqual(layers, calm.layers);
        }),
    );
  }
}

/** When a disaster comes, in percent of a day's log, day by day; always the same moments. */
function daysOf({ name, times }: Disaster, days = 1): number[][] {
  const seed = SEED + name.length;
  const numRuns = times * days * MORE;
  const moments = fc.sample(fc.noBias(fc.integer({ min: 0, max: 100 })), { seed, numRuns });
  return Array.from(
    { length: days * MORE },
    (_, day) => moments.slice(day * times, (day + 1) * times).sort((a, b) => a - b),
  );
}

function startDay(setup: DailySetup, settings: Disaster["settings"]): SchedulerProcess {
  return startScheduler(setup, { BUSINESS_TZ, LOG_LEVEL: "debug", ...settings });
}

/** Two schedulers live through the day and its disasters; one that was killed is started again. */
async function survive(
  disaster: Disaster,
  lines: readonly number[],
  setup: DailySetup,
): Promise<void> {
  await using other = startDay(setup, disaster.settings);
  await using victims = new AsyncDisposableStack();
  const startVictim = () => victims.use(startDay(setup, disaster.settings));
  let victim = startVictim();
  let before = "";
  const said = () => `${before}${victim.said()}\n--- the other ---\n${other.said()}`;
  const isOver = (rows: readonly RunLogRow[]) => isWholeDay(rows, DATE);
  // The other one may have done most of the day, so that this one never says so much.
  const over = untilRunLog(setup, isOver, said);
  for (const [time, line] of lines.entries()) {
    if (disaster === KILL && time > 0) {
      before += victim.said();
      victim = startVictim();
    }
    const own = Math.max(5, line - before.split("\n").length);
    await Promise.race([victim.untilLines(own), over]);
    await disaster.strike({ setup, victim });
  }
  await over;
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
