// Runs the benchmarks of this folder, one after the other, because side by side they would measure each other; or the
// one that is named, with its own options. With --report what they find becomes docs/performance.md.
//
//     deno task bench
//     deno task bench day --leads 1000000
//     deno task bench --report --leads 200000

import { Command } from "commander";
import { type BenchTable, readTables } from "./support/bench_table.ts";
import { formatPerformancePage, lookAround, type Section } from "./support/performance_page.ts";

const PAGE = new URL("../docs/performance.md", import.meta.url);

/** What a day costs is what most readers come for; the others follow by name. */
const FIRST = "day";

/** Runs the benchmarks in the order of their names, or the named one; 0 when each ended with 0, else 1. */
async function main(args: readonly string[]): Promise<number> {
  const names = await listNames();
  const [name, ...options] = args;
  if (name === undefined) {
    const codes: number[] = [];
    for (const one of names) codes.push(await runBench(one, []));
    return codes.every((code) => code === 0) ? 0 : 1;
  }
  if (name === "--report") return await report(names, options);
  if (names.includes(name)) return await runBench(name, options);
  const known = names.join(", ");
  console.error(`Cannot run the benchmark "${name}": there is none, expected one of ${known}`);
  return 2;
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

/** Measures everything at one size and writes the page; 1 when a benchmark failed, which then is not on it. */
async function report(names: readonly string[], args: readonly string[]): Promise<number> {
  const { leads, only } = new Command("bench --report")
    .option("--leads <number>", "leads of each benchmark that has any (default: its own)", Number)
    .option("--only <names...>", "these benchmarks alone, for a look at the page")
    .parse(args, { from: "user" }).opts<{ leads?: number; only?: string[] }>();
  const size = leads === undefined ? [] : ["--leads", String(leads)];
  const sections: Section[] = [];
  const failed: string[] = [];
  for (const name of names.filter((one) => only?.includes(one) ?? true)) {
    console.error(`\n== ${name}`);
    const tables = await measure(name, size);
    if (tables) sections.push({ name, tables });
    else failed.push(name);
  }
  await Deno.writeTextFile(PAGE, formatPerformancePage(await lookAround(leads ?? null), sections));
  console.error(`Wrote docs/performance.md with ${sections.length} benchmarks`);
  if (failed.length > 0) {
    console.error(`Not on it, since they failed or handed no tables over: ${failed.join(", ")}`);
  }
  return failed.length > 0 ? 1 : 0;
}

/** The tables of a benchmark; null when it failed, or handed none over. */
async function measure(name: string, options: readonly string[]): Promise<BenchTable[] | null> {
  const command = toCommand(name, [...options, "--json"], "piped");
  const { success, stdout } = await command.output();
  return success ? readTables(new TextDecoder().decode(stdout)) : null;
}

function toCommand(name: string, options: readonly string[], stdout: "inherit" | "piped") {
  const file = `${import.meta.dirname}/${name}_bench.ts`;
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "-q", "-A", "--v8-flags=--expose-gc", file, ...options],
    stdout,
    stderr: "inherit",
  });
}

if (import.meta.main) Deno.exit(await main(Deno.args));
