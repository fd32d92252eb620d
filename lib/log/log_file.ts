import { getLogger, withContext } from "@logtape/logtape";
import { AsyncLocalStorage } from "node:async_hooks";
import { dirname, join } from "node:path";
import { errorText } from "./error_text.ts";

/** A file for the lines that are logged while one piece of work goes on, whoever logs them. */
export interface LogFile {
  readonly folder: string;
  /** Below the folder. */
  readonly name: string;
  /** What every line in it is about: shown with each line on stderr, and left out of the file's text. */
  readonly fields: Readonly<Record<string, string | number>>;
}

/** So many lines of a failed attempt go into the run log. */
export const TAIL_LINES = 200;

/** Only whoever runs the pipeline may read what its tasks said. */
const FILE_MODE = 0o600;
const FOLDER_MODE = 0o700;

interface KeptLines {
  readonly file: LogFile;
  readonly tail: string[];
  isBroken: boolean;
}

const keptLines = new AsyncLocalStorage<KeptLines>();
/** Folders that cannot be written, as long as that lasts: one warning each, however many attempts. */
const unwritable = new Set<string>();
const log = getLogger(["log"]);

/** The file of one attempt of a task: `<dag>/<date>/<task>.<attempt>.log`. */
export function attemptLogFile(
  folder: string,
  { dagId, taskId, logicalDate, attempt }: {
    readonly dagId: string;
    readonly taskId: string;
    readonly logicalDate: string;
    readonly attempt: number;
  },
): LogFile {
  return {
    folder,
    name: join(dagId, logicalDate, `${taskId}.${attempt}.log`),
    fields: { dag: dagId, date: logicalDate, task: taskId, attempt },
  };
}

/** The file of what the runs of a DAG for a date say around their tasks. No task id starts with "_". */
export function dagLogFile(folder: string, dagId: string, logicalDate: string): LogFile {
  return {
    folder,
    name: join(dagId, logicalDate, "_run.log"),
    fields: { dag: dagId, date: logicalDate },
  };
}

/**
 * Does the work and keeps its lines in the file, beside where they go anyway. A piece of work inside
 * another one has its lines to itself. Lines are written as they come, so nothing is left to be flushed.
 */
export async function keepLines<T>(file: LogFile, work: () => Promise<T>): Promise<T> {
  const kept: KeptLines = { file, tail: [], isBroken: false };
  return await keptLines.run(kept, () => withContext(file.fields, work));
}

/** The file of the work that is going on; null outside of any. */
export function currentLogFile(): LogFile | null {
  return keptLines.getStore()?.file ?? null;
}

/** The last 200 lines of the work that is going on, for the run log; null when it said nothing. */
export function currentTail(): string | null {
  const tail = keptLines.getStore()?.tail ?? [];
  return tail.length === 0 ? null : tail.join("\n");
}

/** Keeps a line (without its end, but maybe of several rows) of the work that is going on. */
export function keepLine(line: string): void {
  const kept = keptLines.getStore();
  if (!kept) return;
  // PostgreSQL takes no text with a NUL.
  kept.tail.push(...line.replaceAll("\0", "").split("\n"));
  kept.tail.splice(0, kept.tail.length - TAIL_LINES);
  if (!kept.isBroken) appendOrWarn(kept, line);
}

/** A log that cannot be kept costs its lines, not the run. */
function appendOrWarn(kept: KeptLines, line: string): void {
  const { folder, name } = kept.file;
  try {
    append(join(folder, name), `${line}\n`);
    unwritable.delete(folder);
  } catch (error) {
    kept.isBroken = true;
    if (unwritable.has(folder)) return;
    unwritable.add(folder);
    log.warn("{problem}", { problem: describeProblem(folder, error) });
  }
}

/** Opened for each line: whatever becomes of the process, no line is lost and no file left open. */
function append(path: string, text: string): void {
  requireRights(path);
  const options = { append: true, mode: FILE_MODE };
  try {
    Deno.writeTextFileSync(path, text, options);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    Deno.mkdirSync(dirname(path), { recursive: true, mode: FOLDER_MODE });
    Deno.writeTextFileSync(path, text, options);
  }
}

/** Asked before, because a started script without `--no-prompt` would ask its terminal. */
function requireRights(path: string): void {
  const { state } = Deno.permissions.querySync({ name: "write", path });
  if (state !== "granted") {
    throw new Error(
      "this program has no right to write there (docs/permissions.md says how to give it)",
    );
  }
}

function describeProblem(folder: string, error: unknown): string {
  return `Cannot keep log lines in LOG_DIR "${folder}": ${errorText(error)}, ` +
    "expected a folder to write to: the run goes on, its lines are on stderr alone";
}
