import { createRandom, type Random } from "../../lib/sandbox/account/random.ts";
import type { SwitchChanges } from "../../lib/sandbox/account/switches.ts";
import type { Warehouse } from "../../lib/warehouse/warehouse.ts";
import { temporaryFolder } from "../support/folders.ts";
import { type Business, createBusiness } from "./business.ts";
import { type Crm, openCrm, type Step } from "./crm.ts";
import { DAG_IDS, openPipeline, type Pipeline } from "./warehouse_days.ts";

/** What a world is made of. */
export interface WorldOptions {
  readonly seed: number;
  readonly days: number;
  readonly maxLeads: number;
  /** Every read is a full one. */
  readonly isFull?: boolean;
  /** Nothing happens that a reader of changes cannot know, and nothing while one reads: see docs/truth.md. */
  readonly isHonest?: boolean;
}

/** A run of a DAG in a world. */
export interface WorldRun {
  readonly day: number;
  readonly dagId: string;
  readonly logicalDate: string;
  readonly isFull: boolean;
  readonly isSuccess: boolean;
  /** It failed, and no outage was in its way that day. */
  readonly isFailure: boolean;
  readonly message: string;
  /** What the journal noted from its start to its end. */
  readonly noted: readonly object[];
}

/** Who watches a world live. */
export interface Watcher {
  /** The rest of the world's life tells nothing more. */
  readonly hasSeenEnough: boolean;
  /** What the journal noted between two runs, or during one that is told of next. */
  happened(entries: readonly object[]): void;
  ran(run: WorldRun): void;
  /** The end of a date on which every DAG succeeded, or not; to look into the warehouse. */
  dayIsOver(day: number, logicalDate: string, isWhole: boolean): Promise<void>;
}

/** Where businesses are, and when a world there begins: in Berlin the clocks are put forward in its first week. */
const PLACES = [
  { zone: "Asia/Dubai", firstDate: "2026-05-01" },
  { zone: "Asia/Dubai", firstDate: "2026-05-01" },
  { zone: "Europe/Berlin", firstDate: "2026-03-25" },
  { zone: "America/New_York", firstDate: "2025-10-29" },
] as const;
const MINUTE_S = 60;

/** What of the API that nobody could confirm is different from world to world. */
export function switchesOf({ between }: Random): SwitchChanges {
  const chance = (percent: number) => between(1, 100) <= percent;
  return {
    nextOnLastPage: chance(30),
    deleteTouchesUpdatedAt: chance(70),
    linkTouchesUpdatedAt: chance(70),
    bothPriceFields: chance(70),
    fieldDatesAs: chance(70) ? "seconds" : "rfc3339",
    missingLeadStatus: chance(70) ? 204 : 404,
    showDeletedElements: chance(30),
    eventsOrder: chance(70) ? "desc" : "asc",
    eventsPageLimit: chance(50) ? 100 : 250,
    mergeNames: chance(60) ? "survivor" : "gone",
    trashRetentionDays: chance(30) ? between(1, 3) : null,
    heavyPage: chance(25) ? 16 : null,
  };
}

/** An account that tells of every change. */
const HONEST: SwitchChanges = {
  deleteTouchesUpdatedAt: true,
  linkTouchesUpdatedAt: true,
  mergeNames: "gone",
  trashRetentionDays: null,
};

/** Lives through a world over a migrated warehouse that is empty. */
export async function liveWorld(
  options: WorldOptions,
  warehouse: Warehouse,
  watch: (crm: Crm) => Watcher,
): Promise<void> {
  const random = createRandom(options.seed);
  const { zone, firstDate } = pick(random, PLACES);
  // Full scans are due on Sundays: in one world soon, in another one late.
  const first = Temporal.PlainDate.from(firstDate).add({ days: random.between(0, 6) });
  await using crm = await openCrm({
    seed: options.seed,
    start: `${first}T05:00:00Z`,
    timezone: random.between(1, 100) <= 70 ? zone : "Europe/Moscow",
    businessZone: zone,
    switches: { ...switchesOf(random), ...(options.isHonest ? HONEST : {}) },
  });
  await using folder = await temporaryFolder();
  using pipeline = openPipeline(warehouse, crm.sandbox, folder.path, {
    BUSINESS_TZ: zone,
    MAX_DELETE_PERCENT: "100",
  });
  const isHonest = options.isHonest ?? false;
  const business = createBusiness(crm, random, { maxLeads: options.maxLeads, isHonest });
  const life: Life = {
    options,
    crm,
    random,
    business,
    pipeline,
    watcher: watch(crm),
    first,
    isTicking: random.between(1, 100) <= 50 && !isHonest,
    seen: 0,
  };
  await crm.make(...business.open());
  for (let day = 1; day <= options.days && !life.watcher.hasSeenEnough; day++) {
    await liveDay(life, day);
  }
}

/** A world that is being lived through. */
export interface Life {
  readonly options: WorldOptions;
  readonly crm: Crm;
  readonly random: Random;
  readonly business: Business;
  readonly pipeline: Pipeline;
  readonly watcher: Watcher;
  /** The day on which the world begins, which has no run. */
  readonly first: Temporal.PlainDate;
  /** Every answer takes a second, so that each has a time of its own. */
  readonly isTicking: boolean;
  /** Entries of the journal that the watcher knows. */
  seen: number;
}

async function liveDay(life: Life, day: number): Promise<void> {
  const { crm, random, options, watcher } = life;
  const date = life.first.add({ days: day });
  const runAt = date.toZonedDateTime({ timeZone: crm.businessZone, plainTime: "04:00" });
  await liveUntil(life, runAt.epochMilliseconds / 1000, random.between(2, 14));
  const isLast = day === options.days;
  if (!isLast && random.between(1, 100) <= 12) return;
  const isFull = random.between(1, 100) <= 6 || options.isFull === true;
  const outage = !isLast && random.between(1, 100) <= 15 ? pickOutage(life) : null;
  let isWhole = await runAll(life, day, date, isFull, outage);
  if (!isWhole && random.between(1, 100) <= 60) {
    await liveUntil(life, crm.sandbox.clock.seconds() + 90 * MINUTE_S, 2);
    isWhole = await runAll(life, day, date, isFull, null);
  }
  await watcher.dayIsOver(day, date.toString(), isWhole);
}

/** People do a few things at times that chance gives, several of them within one second now and then. */
async function liveUntil(life: Life, until: number, actions: number): Promise<void> {
  const { crm, random, business } = life;
  const from = crm.sandbox.clock.seconds();
  const moments = Array.from(
    { length: actions },
    () => random.between(from, Math.max(from, until)),
  );
  for (const moment of moments.sort((a, b) => a - b)) {
    crm.sandbox.clock.set(moment);
    changeHabits(life);
    for (let times = random.between(1, 100) <= 20 ? 2 : 1; times > 0; times--) {
      await crm.make(...business.act());
    }
  }
  crm.sandbox.clock.set(until);
}

/** What shows late, and which events do not come at all, is different from time to time. */
function changeHabits({ crm, random, options }: Life): void {
  if (options.isHonest) return;
  const roll = random.between(1, 100);
  if (roll <= 6) crm.sandbox.setSwitches({ changeLagMs: (random.between(1, 4) ** 4) * 5000 });
  else if (roll <= 14) crm.sandbox.setSwitches({ changeLagMs: 0 });
  else if (roll <= 20) {
    crm.sandbox.setSwitches({ eventLagMs: (random.between(1, 4) ** 5) * 5000 });
  } else if (roll <= 28) crm.sandbox.setSwitches({ eventLagMs: 0 });
  else if (roll <= 34) {
    crm.sandbox.setSwitches({
      missingEventTypes: [random.between(0, 1) ? "lead_status_changed" : "lead_restored"],
    });
  } else if (roll <= 44) crm.sandbox.setSwitches({ missingEventTypes: [] });
}

function pick<T>({ between }: Random, [first, ...others]: readonly [T, ...T[]]): T {
  return others[between(0, others.length) - 1] ?? first;
}

function pickOutage({ random, options }: Life): string {
  // Which request goes wrong must not depend on how much is read.
  if (options.isHonest) return "/api/v4/account";
  const paths = ["/api/v4/leads", "/api/v4/events", "/api/v4/catalogs", "/api/v4/account"];
  return paths[random.between(0, paths.length - 1)] ?? "";
}

/** Runs every DAG of a date; false when one of them did not succeed. */
export async function runAll(
  life: Life,
  day: number,
  date: Temporal.PlainDate,
  isFull: boolean,
  outage: string | null,
): Promise<boolean> {
  let isWhole = true;
  for (const dagId of DAG_IDS) {
    const isReading = dagId.startsWith("daily_amocrm");
    if (isReading) prepareReading(life, outage);
    passOn(life);
    const before = life.seen;
    const outcome = await life.pipeline.run(dagId, date, isFull);
    life.crm.sandbox.faults.clear();
    life.crm.catchUp();
    life.business.release();
    const noted = passOn(life);
    const isSuccess = outcome.status === "success" || outcome.status === "done";
    isWhole &&= isSuccess;
    const failed = outcome.tasks.map(({ taskId, error }) => error ? `${taskId}: ${error}` : "");
    life.watcher.ran({
      day,
      dagId,
      logicalDate: date.toString(),
      isFull,
      isSuccess: outcome.status === "success",
      isFailure: !isSuccess && outage === null,
      message: [outcome.message ?? "", ...failed].filter((text) => text !== "").join("; "),
      noted,
    });
    if (before !== life.seen && life.random.between(1, 100) <= 50) {
      const later = life.crm.sandbox.clock.seconds() + life.random.between(0, 15) * MINUTE_S;
      await liveUntil(life, later, life.random.between(0, 2));
    }
  }
  return isWhole;
}

/** Tells the watcher what the journal has noted since the last time, and returns it. */
function passOn(life: Life): readonly object[] {
  const entries = life.crm.sandbox.journal.list(life.seen);
  life.seen += entries.length;
  life.watcher.happened(entries);
  return entries;
}

/** An outage, edits in the middle of the reading, and a clock that goes on with every answer. */
function prepareReading(life: Life, outage: string | null): void {
  const { crm, random, business, isTicking, options } = life;
  const { faults } = crm.sandbox;
  if (outage !== null) {
    faults.add({ kind: "status", status: 401, body: "problem" }, {
      path: outage,
      after: options.isHonest ? 0 : random.between(0, 2),
      times: 1000,
    });
  }
  if (options.isHonest) return;
  const tick: Step = { method: "POST", path: "/_sandbox/clock", body: { advance: "PT1S" } };
  for (let times = random.between(0, 3); times > 0; times--) {
    const steps = business.disturb();
    if (steps.length === 0) continue;
    const requests = [...steps, ...(isTicking ? [tick] : [])];
    faults.add({ kind: "then", requests: random.between(0, 1) ? [tick, ...requests] : requests }, {
      path: random.between(0, 4) === 0 ? "/api/v4/events" : "/api/v4/leads",
      method: "GET",
      after: random.between(0, 4),
    });
  }
  if (isTicking) faults.add({ kind: "then", requests: [tick] }, { method: "GET", times: 10_000 });
}
