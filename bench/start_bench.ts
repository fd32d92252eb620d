// What starting costs: the seconds of each script until its help stands there, which is after all of it is loaded,
// against those of a script that says one line.
//
//     deno task bench start --rounds 7

import { Command } from "commander";
import { type BenchTable, handOver } from "./support/bench_table.ts";
import { medianOf } from "./support/quantiles.ts";

const EMPTY = "console.log(1)";
const SCRIPTS = ["daily", "daily_amocrm_load_leads", "runs", "scheduler", "dashboard", "report"];

/** Medians of rounds in which the scripts take turns. */
export async function benchStart(rounds: number): Promise<BenchTable[]> {
  const file = await Deno.makeTempFile({ prefix: "rental_bench_", suffix: ".ts" });
  try {
    await Deno.writeTextFile(file, EMPTY);
    const paths = [file, ...SCRIPTS.map((name) => `pipeline/${name}.ts`)];
    const seconds = new Map<string, number[]>(paths.map((path) => [path, []]));
    for (let round = 0; round < rounds; round++) {
      for (const path of paths) seconds.get(path)?.push(await secondsOf(path));
    }
    const [empty = 0, ...others] = paths.map((path) => medianOf(seconds.get(path) ?? []));
    return [toTable(rounds, empty, others)];
  } finally {
    await Deno.remove(file);
  }
}

async function secondsOf(path: string): Promise<number> {
  const started = performance.now();
  const { success } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-q", "-A", path, "--help"],
    cwd: new URL("..", import.meta.url).pathname,
    stdout: "null",
  }).output();
  if (!success) throw new Error(`Cannot measure: ${path} --help failed`);
  return (performance.now() - started) / 1000;
}

function toTable(rounds: number, empty: number, others: readonly number[]): BenchTable {
  const row = (name: string, seconds: number) => [
    name,
    (seconds / empty).toFixed(2),
    seconds.toFixed(2),
  ];
  return {
    title: "From the start of a script to its help",
    head: ["", "ratio", "seconds"],
    rows: [
      ...SCRIPTS.map((name, i) => row(name, others[i] ?? 0)),
      row("a script of one line", empty),
    ],
    notes: [`Baseline: a script of one line. Medians of ${rounds} rounds.`],
  };
}

if (import.meta.main) {
  const { rounds, json } = new Command("start_bench")
    .option("--rounds <number>", "how often each is started", Number, 7)
    .option("--json", "hand the table over as JSON")
    .parse()
    .opts<{ rounds: number; json?: boolean }>();
  handOver(await benchStart(rounds), { json });
}
