import { findPostgresPrograms } from "../../tests/support/postgres_programs.ts";
import type { BenchTable } from "./bench_table.ts";

/** What figures depend on, and what a reader may know of it: no names of machines or folders. */
export interface Surroundings {
  /** "2026-05-03" */
  readonly date: string;
  readonly machine: string;
  readonly versions: string;
}

/** What one benchmark found. */
export interface Section {
  /** As `deno task bench` knows it, e.g. "day". */
  readonly name: string;
  /** With which it was run. */
  readonly options: readonly string[];
  /** How long it took. */
  readonly seconds: number;
  readonly tables: readonly BenchTable[];
}

/** Looks around on this machine. */
export async function lookAround(): Promise<Surroundings> {
  const gigabytes = Math.round(Deno.systemMemoryInfo().total / 2 ** 30);
  return {
    date: Temporal.Now.plainDateISO().toString(),
    machine: `${navigator.hardwareConcurrency} cores, ${gigabytes} GB of memory, ` +
      `${Deno.build.os} on ${Deno.build.arch}`,
    versions: `Deno ${Deno.version.deno}, ${await readPostgresVersion()}`,
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

/**
 * The page as Markdown, its sections in the order of `names`. Of a benchmark that is not among `sections` the section
 * of the page before stays as it is, with the date and machine of then.
 */
export function formatPerformancePage(
  around: Surroundings,
  names: readonly string[],
  sections: readonly Section[],
  before: string,
): string {
  const kept = readSections(before);
  const texts = names.flatMap((name) => {
    const section = sections.find((one) => one.name === name);
    return section ? formatSection(around, section) : kept.get(name) ?? [];
  });
  return [...HEAD, ...texts.flatMap((text) => ["", text]), ""].join("\n");
}

const HEAD = [
  "# Performance",
  "",
  "Seconds differ from machine to machine, so ratios come first: each against a baseline of the same run, which the",
  "table names. The servers that the benchmarks start run without fsync, and share the cores with what is measured.",
  "",
  "To repeat all of it and write this page anew: `deno task bench --report`; the sections of some alone, which leaves the",
  "others as they are: `deno task bench --report --only day site`; to see one, at any size: the command above its tables.",
  "They need the programs of PostgreSQL, or a server in `TEST_PG_HOST`, on which they may create databases.",
];

function formatSection(
  { date, machine, versions }: Surroundings,
  { name, options, seconds, tables }: Section,
): string {
  return [
    `## ${name}`,
    "",
    `\`${["deno task bench", name, ...options].join(" ")}\` took ${
      Math.round(seconds)
    } s on ${date}: ${machine};`,
    `${versions}.`,
    ...tables.flatMap(formatTable),
  ].join("\n");
}

/** The sections of a page by their names. */
function readSections(page: string): ReadonlyMap<string, string> {
  const [, ...sections] = page.split(/^(?=## )/m);
  return new Map(sections.map((text) => [/^## (.*)$/m.exec(text)?.[1] ?? "", text.trimEnd()]));
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
