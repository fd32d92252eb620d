import { getLogger, reset } from "@logtape/logtape";
import assert from "node:assert/strict";
import { join } from "node:path";
import { runDag } from "../../../lib/runner/runner.ts";
import {
  attemptLogFile,
  currentTail,
  dagLogFile,
  keepLines,
  type LogFile,
} from "../../../lib/log/log_file.ts";
import { configureLogging, type LogSettings } from "../../../lib/log/logging.ts";
import { TransientError } from "../../../lib/transient_error.ts";
import { temporaryFolder } from "../../support/folders.ts";
import { DATE, notingTask, runOptions, testDag } from "../../support/runs.ts";
import { testOnBothWarehouses } from "../../support/warehouses.ts";

const TEXT: LogSettings = { logLevel: "info", logFormat: "text", businessTz: "Asia/Dubai" };
const TIME_LENGTH = "2026-05-03 04:00:12 ".length;

/** A log whose lines on stderr are in `lines`, without their times, and a folder for its files. */
async function startLog(settings = TEXT) {
  const folder = await temporaryFolder();
  const lines: string[] = [];
  await configureLogging(settings, (line) => lines.push(line.slice(TIME_LENGTH)));
  return {
    lines,
    path: folder.path,
    [Symbol.asyncDispose]: async () => {
      await reset();
      await folder[Symbol.asyncDispose]();
    },
  };
}

function fileOf(folder: string, taskId: string): LogFile {
  return attemptLogFile(folder, { dagId: "leads", taskId, logicalDate: DATE, attempt: 1 });
}

/** The text of a log file, without the times of its lines. */
async function readLines(...path: string[]): Promise<string[]> {
  const text = await Deno.readTextFile(join(...path));
  assert.ok(text.endsWith("\n"));
  return text.slice(0, -1).split("\n").map((line) => line.slice(TIME_LENGTH));
}

Deno.test("keepLines() keeps the lines of every logger, masked, in a file for its owner alone", async () => {
  await using log = await startLog();
  await keepLines(fileOf(log.path, "extract_leads"), async () => {
    getLogger(["task", "extract_leads"]).info("{rows} leads", { rows: 42 });
    await Promise.resolve();
    getLogger(["warehouse"]).warn("Refused omar@example.ae", { code: "57P01", attempt: 1 });
  });
  getLogger(["run"]).info("Outside");
  const path = join(log.path, "leads", DATE, "extract_leads.1.log");
  assert.deepEqual(await readLines(path), [
    "[extract] 42 leads",
    "WARNING [warehouse] Refused [e-mail] code=57P01",
  ]);
  assert.equal((await Deno.stat(path)).mode ?? 0, 0o100600);
  assert.equal((await Deno.stat(join(log.path, "leads"))).mode ?? 0, 0o40700);
  assert.deepEqual(log.lines, [
    `[extract] 42 leads dag=leads date=${DATE} task=extract_leads attempt=1`,
    `WARNING [warehouse] Refused [e-mail] dag=leads date=${DATE} task=extract_leads attempt=1 ` +
    "code=57P01",
    "[run] Outside",
  ]);
});

Deno.test("keepLines() keeps all fields in lines of JSON", async () => {
  await using log = await startLog({ ...TEXT, logFormat: "json" });
  await keepLines(fileOf(log.path, "load"), () => {
    getLogger(["task", "load"]).info("{rows} rows", { rows: 7 });
    return Promise.resolve();
  });
  const [line = ""] = (await Deno.readTextFile(join(log.path, "leads", DATE, "load.1.log"))).split(
    "\n",
  );
  const { time: _time, ...rest } = JSON.parse(line);
  assert.deepEqual(rest, {
    level: "info",
    category: "task.load",
    message: "[load] 7 rows",
    dag: "leads",
    date: DATE,
    task: "load",
    attempt: 1,
    rows: 7,
  });
});

Deno.test("keepLines() keeps work apart that goes on side by side, or inside other work", async () => {
  await using log = await startLog();
  const say = async (id: string) => {
    for (const word of ["begins", "ends"]) {
      await Promise.resolve();
      getLogger(["run"]).info(`${id} ${word}`);
    }
  };
  await keepLines(dagLogFile(log.path, "leads", DATE), async () => {
    await say("the run");
    await Promise.all(["a", "b"].map((id) => keepLines(fileOf(log.path, id), () => say(id))));
    await say("the run again");
  });
  const folder = join(log.path, "leads", DATE);
  assert.deepEqual(await readLines(folder, "a.1.log"), ["[run] a begins", "[run] a ends"]);
  assert.deepEqual(await readLines(folder, "b.1.log"), ["[run] b begins", "[run] b ends"]);
  assert.deepEqual(await readLines(folder, "_run.log"), [
    "[run] the run begins",
    "[run] the run ends",
    "[run] the run again begins",
    "[run] the run again ends",
  ]);
});

Deno.test("currentTail() gives the last 200 lines, rows of one message counted one by one", async () => {
  await using log = await startLog();
  await keepLines(fileOf(log.path, "merge"), () => {
    assert.equal(currentTail(), null);
    const run = getLogger(["run"]);
    for (let i = 1; i <= 198; i++) run.info(`line ${i}`);
    run.error("sql/x.sql:1:8: no such column\nselect a\n       ^\0");
    const tail = currentTail()?.split("\n") ?? [];
    assert.equal(tail.length, 200);
    assert.equal(tail[0]?.slice(TIME_LENGTH), "[run] line 2");
    assert.deepEqual(tail.slice(-2), ["select a", "       ^"]);
    return Promise.resolve();
  });
  assert.equal(currentTail(), null);
});

Deno.test("keepLines() warns once of a folder that cannot be written, and goes on", async () => {
  await using log = await startLog();
  const taken = join(log.path, "taken");
  await Deno.writeTextFile(taken, "a file, not a folder");
  const work = (id: string) => () => {
    getLogger(["run"]).info(`${id} says so`);
    return Promise.resolve(currentTail()?.split("\n").length);
  };
  assert.equal(await keepLines(fileOf(taken, "a"), work("a")), 2);
  assert.equal(await keepLines(fileOf(taken, "b"), work("b")), 1);
  const said = log.lines.map((line) => line.replace(/ dag=.*$/, ""));
  assert.deepEqual(said, [
    "[run] a says so",
    `WARNING [log] Cannot keep log lines in LOG_DIR "${taken}": Not a directory (os error 20): ` +
    `writefile '${join(taken, "leads", DATE, "a.1.log")}', ` +
    "expected a folder to write to: the run goes on, its lines are on stderr alone",
    "[run] b says so",
  ]);
  await Deno.remove(taken);
  await keepLines(fileOf(taken, "c"), work("c"));
  assert.deepEqual(await readLines(taken, "leads", DATE, "c.1.log"), ["[run] c says so"]);
});

testOnBothWarehouses(
  "runDag() keeps the lines of each attempt, and a failure's in the run log",
  async (warehouse) => {
    await using log = await startLog();
    const options = runOptions(warehouse);
    let failures = 1;
    const task = notingTask("extract_leads", [], {
      retries: 1,
      prepare: ({ log }) => {
        log.info("Reading");
        return failures-- > 0
          ? Promise.reject(new TransientError("answered 429"))
          : Promise.resolve();
      },
    });
    await runDag(testDag("leads", [task]), {
      ...options,
      config: { ...options.config, logDir: log.path },
    });
    const folder = join(log.path, "leads", DATE);
    assert.deepEqual(await readLines(folder, "extract_leads.1.log"), [
      "[extract] Reading",
      "WARNING [extract] extract_leads failed, next try in 60 s: answered 429",
    ]);
    const second = await readLines(folder, "extract_leads.2.log");
    assert.deepEqual(second.map((line) => line.replace(/ in \d.*$/, "")), [
      "[extract] Reading",
      "[extract] extract_leads done",
    ]);
    const rows = await warehouse.sql`select attempt, log_tail from ops.run_log order by attempt`;
    assert.deepEqual(rows.map((row) => [row.attempt, row.log_tail?.slice(TIME_LENGTH) ?? null]), [
      [1, "[extract] Reading"],
      [2, null],
    ]);
  },
);

testOnBothWarehouses(
  "runDag() keeps what it says while it waits, also with the tasks that it gave up",
  async (warehouse) => {
    await using log = await startLog();
    const options = runOptions(warehouse, { waitMs: 60_000 });
    const dag = testDag("merge", [notingTask("merge_leads", [])], { waitsFor: [{ dag: "leads" }] });
    await runDag(dag, { ...options, config: { ...options.config, logDir: log.path } });
    const lines = [
      "[run] merge of 2026-05-03: waiting for leads of 2026-05-03 (never ran)",
      "ERROR [run] Cannot run merge for 2026-05-03: gave up after 1 minutes: " +
      "waiting for leads of 2026-05-03 (never ran)",
    ];
    assert.deepEqual(await readLines(log.path, "merge", DATE, "_run.log"), lines);
    const [row] = await warehouse.sql`select log_tail from ops.run_log`;
    const tail = String(row?.log_tail).split("\n").map((line) => line.slice(TIME_LENGTH));
    assert.deepEqual(tail, lines);
  },
);
