// Runs the benchmarks of this folder, one after the other, because side by side they would measure each other; or the
// one that is named, with its own options. With --report what they find becomes docs/performance.md.
//
//     deno task bench --help
import { createCommand, runMain } from "../lib/script/command.ts";
import { EXIT_CODE } from "../lib/script/exit_code.ts";
import { readTables } from "./support/bench_table.ts";
import { formatPerformancePage, lookAround, type Section } from "./support/performance_page.ts";

const PAGE = new URL("../docs/performance.md", import.meta.url);

/** What a day costs is what most readers come for; the others follow by name. */
const FIRST = "day";

/** Sizes at which all of them together take a machine of two cores less than 20 minutes. */
const REPORT_OPTIONS: Readonly<Record<string, readonly string[]>> = {
  day: ["--leads", "200000,1000000"],
  checks: ["--leads", "50000"],
  extract: ["--leads", "40000"],
  fleet_usage: ["--leads", "50000"],
  first_day: ["--leads", "10000"],
  leads_day: ["--leads", "200000"],
  marts: ["--leads", "50000"],
  memory: ["--leads", "80000,200000"],
  ods_merge: ["--leads", "50000"],
  rentals_merge: ["--leads", "50000"],
  scheduler_idle: ["--beats", "500", "--days", "15"],
  site: ["--leads", "50000"],
  start: ["--rounds", "7"],
  stg_load: ["--leads", "20000"],
};

interface Flags {
  readonly report?: boolean;
  readonly only?: readonly string[];
}

/** Runs all benchmarks in the order of their names, the named one, or the report; the exit code. */
async function main(args: readonly string[]): Promise<number> {
  const names = await listNames();
  const command = createCommand(
    "bench",
    `Measures against a stated baseline of the same run, on a server of its own:\n${
      names.join(", ")
    }`,
    ["deno task bench day --leads 1000000", "deno task bench --report --only day site"],
  )
    .argument("[name]", "one benchmark (default: all of them, one after the other)")
    .argument("[options...]", "its own options")
    .option("--report", "write docs/performance.md from what they find")
    .option("--only <names...>", "with --report: these alone; the sections of the others stay")
    .passThroughOptions()
    .parse(args, { from: "user" });
  const [name, ...options] = command.args;
  const { report = false, only } = command.opts<Flags>();
  const unknown = [name, ...only ?? []].filter((one) => one !== undefined && !names.includes(one));
  if (unknown.length > 0) {
    command.error(`error: unknown benchmark: ${unknown.join(", ")}`);
  }
  if (report ? name !== undefined : only !== undefined) {
    command.error(
      "error: --report takes the names of benchmarks in --only, which nothing else does",
    );
  }
  if (report) return await writeReport(only ?? names, names);
  if (name !== undefined) return await runBench(name, options);
  const codes: number[] = [];
  for (const one of names) codes.push(await runBench(one, []));
  return codes.every((code) => code === 0) ? EXIT_CODE.done : EXIT_CODE.failed;
}

async function listNames(): Promise<string[]> {
  const entries = await Array.fromAsync(Deno.readDir(import.meta.dirname ?? "."));
  const names = entries.map(({ name }) => name).filter((file) => file.endsWith("_bench.ts"))
    .map((file) => file.replace("_bench.ts", "")).sort();
  return names.includes(FIRST) ? [FIRST, ...names.filter((name) => name !== FIRST)] : names;
}

async function runBench(name: string, options: readonly string[]): Promise<number> {
  console.log(`\n== ${name}`);
  const { code } = await toCommand(name, options, "inherit").spawn().status;
  return code;
}

/**
 * Measures and writes the page, after each benchmark anew, so that what was measured is there whatever comes after it;
 * 1 when one of them failed, whose section stays as it was.
 */
async function writeReport(
  wanted: readonly string[],
  names: readonly string[],
): Promise<number> {
  const around = await lookAround();
  const sections: Section[] = [];
  const failed: string[] = [];
  for (const name of names.filter((one) => wanted.includes(one))) {
    console.error(`\n== ${name}`);
    const section = await measure(name, REPORT_OPTIONS[name] ?? []);
    if (section === null) {
      failed.push(name);
      continue;
    }
    sections.push(section);
    await Deno.writeTextFile(
      PAGE,
      formatPerformancePage(around, names, sections, await readPage()),
    );
    console.error(`${name} took ${Math.round(section.seconds)} s, and is in docs/performance.md`);
  }
  if (failed.length > 0) {
    console.error(`\nAs they were before, since they failed: ${failed.join(", ")}`);
  }
  return failed.length > 0 ? EXIT_CODE.failed : EXIT_CODE.done;
}

/** The page as it is; empty where there is none yet. */
async function readPage(): Promise<string> {
  try {
    return await Deno.readTextFile(PAGE);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "";
    throw error;
  }
}

/** What a benchmark finds; null when it failed, or handed no tables over. */
async function measure(name: string, options: readonly string[]): Promise<Section | null> {
  const started = performance.now();
  const { stdout } = await toCommand(name, [...options, "--json"], "piped").output();
  const seconds = (performance.now() - started) / 1000;
  // A benchmark that found a wish not met may end with 1, and its tables say so.
  const tables = readTables(new TextDecoder().decode(stdout));
  return tables && { name, options, seconds, tables };
}

function toCommand(name: string, options: readonly string[], stdout: "inherit" | "piped") {
  const file = `${import.meta.dirname}/${name}_bench.ts`;
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "-q", "-A", "--v8-flags=--expose-gc", file, ...options],
    stdout,
    stderr: "inherit",
  });
}

if (import.meta.main) await runMain(() => main(Deno.args));
