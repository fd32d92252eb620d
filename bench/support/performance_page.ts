import { findPostgresPrograms } from "../../tests/support/postgres_programs.ts";
import type { BenchTable } from "./bench_table.ts";

/** What figures depend on, and what a reader may know of it: no names of machines or folders. */
export interface Surroundings {
  /** "2026-05-03" */
  readonly date: string;
  readonly machine: string;
  readonly versions: string;
  /** Of the benchmarks that take so many. */
  readonly leads: number | null;
}

/** What one benchmark found, or why it found nothing. */
export interface Section {
  /** As `deno task bench` knows it, e.g. "day". */
  readonly name: string;
  readonly tables: readonly BenchTable[];
}

/** Looks around on this machine. */
export async function lookAround(leads: number | null): Promise<Surroundings> {
  const gigabytes = Math.round(Deno.systemMemoryInfo().total / 2 ** 30);
  return {
    date: Temporal.Now.plainDateISO().toString(),
    machine: `${navigator.hardwareConcurrency} cores, ${gigabytes} GB of memory, ` +
      `${Deno.build.os} on ${Deno.build.arch}`,
    versions: `Deno ${Deno.version.deno}, ${await readPostgresVersion()}`,
    leads,
  };
}

async function readPostgresVersion(): Promise<string> {
  const programs = await findPostgresPrograms();
  if (programs === null) return "PostgreSQL of another machine";
  const { stdout } = await new Deno.Command(`${programs}/postgres`, { args: ["--version"] })
    .output();
  const [, version] = /(\d+(?:\.\d+)?)/.exec(new TextDecoder().decode(stdout)) ?? [];
  return `PostgreSQL ${version ?? "of an unknown version"}`;
}

/** The page as Markdown. */
export function formatPerformancePage(around: Surroundings, sections: readonly Section[]): string {
  const { date, machine, versions, leads } = around;
  const size = leads === null ? "" : ` --leads ${leads}`;
  return [
    "# Performance",
    "",
    `Measured on ${date}: ${machine}; ${versions}. The servers that the benchmarks start run without fsync, and share`,
    "the cores with what is measured. Seconds differ from machine to machine, so ratios come first: each against a",
    "baseline of the same run, which the table names.",
    "",
    `To repeat all of it and write this page anew: \`deno task bench --report${size}\`; one benchmark: \`deno task bench`,
    "NAME --leads N\`. They need the programs of PostgreSQL, or a server in `TEST_PG_HOST`, on which they may create",
    "databases.",
    ...sections.flatMap(({ name, tables }) => ["", `## ${name}`, ...tables.flatMap(formatTable)]),
    "",
  ].join("\n");
}

function formatTable({ title, head, rows, notes = [] }: BenchTable): string[] {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [
    "",
    `**${title}**`,
    "",
    line(head),
    `|${head.map((_, i) => i === 0 ? "---" : "---:").join("|")}|`,
    ...rows.map(line),
    ...notes.length > 0 ? ["", notes.join(" ")] : [],
  ];
}
