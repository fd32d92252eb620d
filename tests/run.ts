// Runs the tests (`deno task test`) on a PostgreSQL of their own: that of this machine, otherwise one from npm.
// Arguments go on to `deno test`: a file, `--filter`. The last line is `N passed, N failed`.
//
//     deno task test --servers 15,18      what depends most on the server, on each of these versions
//
// With `TEST_PG_HOST` (and `TEST_PG_PORT`, `_USER`, `_PASSWORD`) they use that server instead. Tests that look at pages
// need a Chromium: Debian's, or the one that `CHROMIUM` names; without one they count as skipped.
import { fileURLToPath } from "node:url";
import { findChromium, HOW_TO_GET_CHROMIUM } from "./support/chromium.ts";
import { TEMPLATE_VARIABLE } from "./support/embedded_template.ts";
import { findFolderInMemory, LARGE_PAGES } from "./support/fast_memory.ts";
import { temporaryFolder } from "./support/folders.ts";
import {
  openAnyPostgresPrograms,
  openPostgresPrograms,
  platform,
  type PostgresPrograms,
  PROGRAMS_VARIABLE,
} from "./support/postgres_programs.ts";
import { startPostgresServer } from "./support/postgres_server.ts";
import { SERVER_TESTS } from "./support/server_tests.ts";
import { createFileTimes, formatFileTimes } from "./support/slow_files.ts";
import { readTestArguments } from "./support/test_arguments.ts";
import { listTestFiles, nameFiles } from "./support/test_files.ts";
import { nameFileOfLine, writeGroups } from "./support/test_groups.ts";
import { addCounts, readTestCounts, type TestCounts } from "./support/test_counts.ts";

type Env = Readonly<Record<string, string>>;

/** How a run of `deno test` ended. */
interface Outcome {
  readonly code: number;
  readonly counts: TestCounts;
}

/** Modules of groups, which are elsewhere, find packages by it. */
const CONFIG = fileURLToPath(new URL("../deno.json", import.meta.url));

const ON_INTERRUPT: readonly Deno.Signal[] = ["SIGINT", "SIGTERM"];

/** Files that run side by side: one more than there are cores, as many wait for processes or servers. */
const DENO_JOBS = Deno.env.get("DENO_JOBS") ?? String(navigator.hardwareConcurrency + 1);

/** After so long without the end of any test the run gives up; Deno has named by then what is under way. */
const MOST_SILENCE_MIN = 10;

/** How many of the slowest files a run of all tests names at its end. */
const SHOWN_FILES = 40;

/** The `deno test` under way; signals reach it as well, and this process stays to stop the server. */
let child: Deno.ChildProcess | null = null;

/** Runs the tests and returns the exit code, after a server of their own was stopped. */
async function main(args: readonly string[]): Promise<number> {
  const { servers, rest } = readTestArguments(args);
  if (findChromium() === null) {
    console.log(`Skipped are the tests that look at pages: ${HOW_TO_GET_CHROMIUM}`);
  }
  await useFolderInMemory();
  for (const signal of ON_INTERRUPT) Deno.addSignalListener(signal, () => child?.kill(signal));
  const { code, counts } = servers
    ? await runOnEach(servers, rest)
    : Deno.env.get("TEST_PG_HOST")
    ? await runTests(rest, {})
    : await runOnAny(rest);
  console.log(counts.text);
  return code === 0 && counts.failed > 0 ? 1 : code;
}

/** Lets the server and the tests put their temporary files there, unless somebody has said where. */
async function useFolderInMemory(): Promise<void> {
  const folder = Deno.env.get("TMPDIR") ? null : await findFolderInMemory();
  if (folder) Deno.env.set("TMPDIR", folder);
}

async function runOnAny(args: readonly string[]): Promise<Outcome> {
  await using programs = await openAnyPostgresPrograms();
  if (programs) return (await runOnServer(programs, args)).outcome;
  console.log(
    "Skipped are the tests that need a server: this machine has no PostgreSQL (no initdb), and npm has one " +
      `for linux-x64 alone (this is ${platform()}); install PostgreSQL, or name a server in TEST_PG_HOST`,
  );
  return await runTests(args, {});
}

/** Runs what depends most on the server, or the tests that `args` name, on one version after the other. */
async function runOnEach(versions: readonly number[], args: readonly string[]): Promise<Outcome> {
  const chosen = args.length > 0 ? args : ["--filter", "(server)", ...SERVER_TESTS];
  const lines: string[] = [];
  const outcomes: Outcome[] = [];
  for (const version of versions) {
    await using programs = await openPostgresPrograms(version);
    const { name, outcome } = await runOnServer(programs, chosen);
    outcomes.push(outcome);
    lines.push(`PostgreSQL ${name}: ${outcome.counts.text}`);
  }
  console.log(lines.join("\n"));
  return {
    code: Math.max(...outcomes.map(({ code }) => code)),
    counts: addCounts(outcomes.map(({ counts }) => counts)),
  };
}

async function runOnServer(
  { folder, source }: PostgresPrograms,
  args: readonly string[],
): Promise<{ readonly name: string; readonly outcome: Outcome }> {
  await using server = await startPostgresServer(folder);
  const { host, port, user, password } = server.access;
  const name = `${server.version} of ${source}`;
  console.log(`PostgreSQL ${name} on port ${port}, for these tests alone`);
  const outcome = await runTests(args, {
    [PROGRAMS_VARIABLE]: folder,
    TEST_PG_HOST: host,
    TEST_PG_PORT: String(port),
    TEST_PG_USER: user,
    TEST_PG_PASSWORD: password,
  });
  return { name, outcome };
}

async function runTests(args: readonly string[], env: Env): Promise<Outcome> {
  await using template = await temporaryFolder();
  await using modules = await temporaryFolder();
  const files = await nameFiles(args) ? [] : await listTestFiles();
  // Options, as that of --filter, are about tests that have the names of their files alone.
  const started = args.length > 0 ? files : await writeGroups(files, modules.path);
  child = new Deno.Command(Deno.execPath(), {
    // `deno check` finds errors of types, in `deno task ok` as in CI; here it would do so a second time.
    args: ["test", "-A", "--no-check", "--parallel", "--config", CONFIG, ...args, ...started],
    env: { DENO_JOBS, [TEMPLATE_VARIABLE]: template.path, ...LARGE_PAGES, ...env },
    stdin: "null",
    stdout: "piped",
  }).spawn();
  const times = createFileTimes();
  const running = child;
  let silence = 0;
  const watch = setInterval(() => {
    if (files.length === 0 || ++silence < MOST_SILENCE_MIN) return;
    console.log(`No test has ended for ${MOST_SILENCE_MIN} minutes, so this run gives up`);
    running.kill("SIGKILL");
  }, 60_000);
  const lastLines = await copyToStdout(child.stdout, (text) => {
    if (times.add(text) > 0) silence = 0;
  });
  const { code } = await child.status;
  clearInterval(watch);
  child = null;
  if (files.length > 0) {
    console.log(`The slowest files\n${formatFileTimes(times.slowest(SHOWN_FILES))}`);
  }
  return { code, counts: readTestCounts(lastLines) };
}

/** Shows the output line by line as it comes and returns the end of it, which has the summary. */
async function copyToStdout(
  output: ReadableStream<Uint8Array>,
  onText: (text: string) => void,
): Promise<string> {
  const decoder = new TextDecoder();
  const encoder = new TextEncoder();
  let tail = "";
  let unfinished = "";
  const show = (lines: readonly string[]) => {
    const text = lines.map(nameFileOfLine).join("");
    onText(text);
    tail = (tail + text).slice(-10_000);
    for (let rest = encoder.encode(text); rest.length > 0;) {
      rest = rest.subarray(Deno.stdout.writeSync(rest));
    }
  };
  for await (const bytes of output) {
    const lines = (unfinished + decoder.decode(bytes, { stream: true })).split(/(?<=\n)/);
    unfinished = lines.at(-1)?.endsWith("\n") === false ? lines.pop() ?? "" : "";
    show(lines);
  }
  show([unfinished]);
  return tail;
}

if (import.meta.main) {
  try {
    Deno.exit(await main(Deno.args));
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    console.log("0 passed, 1 failed");
    Deno.exit(1);
  }
}
