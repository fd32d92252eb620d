import { scheduleVariable } from "../../lib/config.ts";
import type { Warehouse } from "../../lib/warehouse/warehouse.ts";
import { dags } from "../../pipeline/daily.ts";
import type { DailySetup, SandboxAddress } from "./daily_setup.ts";

/** A process of pipeline/scheduler.ts. */
export interface SchedulerProcess extends AsyncDisposable {
  readonly pid: number;
  /** All that it has logged so far. */
  said(): string;
  /** Whether it has ended by itself. */
  isOver(): boolean;
  /** Resolves when it has logged so many lines, and at its end. */
  untilLines(count: number): Promise<void>;
  kill(signal: Deno.Signal): void;
  /** Its exit code, once it has ended; it must be asked to end before. */
  ended(): Promise<number>;
}

/** Deno.cron comes so often instead of once a minute, and waits are as short. */
const BEAT_MS = 400;

/** What lets a scheduler run everything of its local day at once. */
export const AT_ONCE: Readonly<Record<string, string>> = {
  DENO_CRON_TEST_SCHEDULE_OFFSET: String(BEAT_MS),
  POKE_INTERVAL_S: "0.3",
  ...Object.fromEntries(dags.map(({ id }) => [scheduleVariable(id), "00:00"])),
};

/** A zone in which it is about noon, so that no midnight comes in the middle of a test. */
export function noonZone(): string {
  const offset = 12 - Temporal.Now.zonedDateTimeISO("UTC").hour;
  // The names of these zones count the other way round.
  return offset === 0 ? "Etc/GMT" : offset > 0 ? `Etc/GMT-${offset}` : `Etc/GMT+${-offset}`;
}

/** Starts a scheduler; disposing it kills it, if it is still there. */
export function startScheduler(
  setup: DailySetup<SandboxAddress>,
  env: Readonly<Record<string, string>>,
): SchedulerProcess {
  const process = setup.command("scheduler", [], { ...AT_ONCE, ...env }).spawn();
  const waiting: { readonly count: number; readonly resolve: () => void }[] = [];
  let text = "";
  let isOver = false;
  const wake = () => {
    const lines = text.split("\n").length - 1;
    for (const { count, resolve } of waiting) if (isOver || lines >= count) resolve();
  };
  const reading = (async () => {
    for await (const chunk of process.stderr.pipeThrough(new TextDecoderStream())) {
      text += chunk;
      wake();
    }
    isOver = true;
    wake();
  })();
  const stdout = process.stdout.cancel();
  const ended = async () => {
    const { code } = await process.status;
    await Promise.all([reading, stdout]);
    return code;
  };
  return {
    pid: process.pid,
    said: () => text,
    isOver: () => isOver,
    untilLines: (count) =>
      new Promise((resolve) => {
        waiting.push({ count, resolve });
        wake();
      }),
    kill: (signal) => process.kill(signal),
    ended,
    async [Symbol.asyncDispose]() {
      if (!isOver) process.kill("SIGKILL");
      await ended();
    },
  };
}

/** A test that hangs would tell nothing; this is far beyond what anything here takes. */
const GIVE_UP_MS = 240_000;

/** Asks the warehouse again and again until `isSo` says so of its run log. */
export async function untilRunLog(
  setup: DailySetup<SandboxAddress>,
  isSo: (rows: readonly RunLogRow[]) => boolean,
  describe: () => string = () => "",
): Promise<readonly RunLogRow[]> {
  const deadline = AbortSignal.timeout(GIVE_UP_MS);
  while (true) {
    const rows = await setup.inspect(readRunLog);
    if (isSo(rows)) return rows;
    if (deadline.aborted) {
      throw new Error(
        `The run log never came to what was awaited:\n${format(rows)}\n${describe()}`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** One attempt. */
export interface RunLogRow {
  readonly logical_date: string;
  readonly dag_id: string;
  readonly task_id: string;
  readonly attempt: number;
  readonly status: string;
  readonly reason: string | null;
  readonly error: string | null;
  readonly worker: string;
}

/** Every attempt, oldest first. */
export async function readRunLog({ sql }: Warehouse): Promise<readonly RunLogRow[]> {
  try {
    return await sql<RunLogRow[]>`
      select logical_date, dag_id, task_id, attempt, status, reason, error, worker
      from ops.run_log
      order by logical_date, dag_id, task_id, attempt
    `;
  } catch (error) {
    // A server that is just being restarted has no run log to show.
    if (error instanceof Error && "code" in error) return [];
    throw error;
  }
}

function format(rows: readonly RunLogRow[]): string {
  return rows.map((row) => Object.values(row).join(" ")).join("\n");
}

/** Whether every task of a date has succeeded and nothing is under way. */
export function isWholeDay(rows: readonly RunLogRow[], date: string): boolean {
  const own = rows.filter((row) => row.logical_date === date);
  const done = own.filter(({ status }) => status === "success").map(({ task_id }) => task_id);
  return new Set(done).size === dags.flatMap(({ tasks }) => tasks).length &&
    !own.some(({ status }) => status === "running" || status === "waiting");
}
