import type { Dag, Task } from "../dag/dag.ts";
import { type Definitions, readDefinitions, type SqlText } from "./definitions.ts";
import { openParser } from "./parser.ts";
import { describeStatement, type Statement } from "./statement.ts";

/** A task, and the files of sql/ by which it fills a table. */
export interface Filler {
  readonly dagId: string;
  readonly taskId: string;
  /** Relative to sql/, in the order in which they run. */
  readonly files: readonly string[];
}

/** A table, a view, or what the CRM gives, in the flow of the data. */
export interface LineageNode {
  /** "dds.fact_rentals"; of a source "amocrm.leads". */
  readonly name: string;
  readonly kind: "source" | "table" | "view";
  /** The layer: "amocrm", "stg", "ods", "dict", "dds", "dm", "ops". */
  readonly layer: string;
  /** The migrations that made it; none of a source. */
  readonly madeBy: readonly string[];
  readonly filledBy: readonly Filler[];
  /** Tables (or sources) that its rows are made of, by name. */
  readonly reads: readonly string[];
  readonly readBy: readonly string[];
  /** What the extracts ask the CRM for, where it is a source. */
  readonly pulls: readonly string[];
}

/** Every table and view, in the order of the layers, then by name. */
export type Lineage = ReadonlyMap<string, LineageNode>;

/** From the CRM to the figures. */
export const LAYERS = ["amocrm", "stg", "ods", "dict", "dds", "dm", "ops"] as const;

/** Bookkeeping of how far something was read, and of which rows are to be computed anew: it carries no data. */
const BOOKKEEPING = new Set([
  "ops.watermark",
  "dds.changed_lead",
  "dds.changed_car_day",
  "dds.fact_fleet_usage_day_pending",
  "dds.unresolved_link",
  "dds.fact_rentals_pending",
]);

/**
 * What flows where, read from the migrations and from the files that the tasks run; the migrations are not read again
 * where their definitions are given.
 */
export async function readLineage(
  dags: readonly Dag[],
  files: readonly SqlText[],
  given?: Definitions,
): Promise<Lineage> {
  const definitions = given ?? await readDefinitions(
    files.filter(({ path }) => path.startsWith("migrations/")),
  );
  const texts = new Map(files.map(({ path, text }) => [path, text]));
  const flows: Flow[] = [];
  for (const dag of dags) {
    for (const task of dag.tasks) {
      flows.push(...await flowsOfTask(dag, task, { definitions, texts }));
    }
  }
  return toLineage(dags, definitions, [...flows, ...flowsOfViews(definitions)]);
}

/** The tables that the queries of a text read, behind views and functions too. */
export async function tablesReadBy(
  text: string,
  definitions: Definitions,
): Promise<ReadonlySet<string>> {
  const { parseSql } = await openParser();
  const reads = parseSql(text)
    .flatMap(({ tree }) => [...resolve(describeStatement(tree), definitions).reads]);
  return new Set(reads);
}

/** That rows of one table go into another one. */
interface Flow {
  readonly from: string | null;
  readonly to: string;
  readonly filler: Omit<Filler, "files"> | null;
  readonly files: readonly string[];
}

interface Known {
  readonly definitions: Definitions;
  readonly texts: ReadonlyMap<string, string>;
}

/** The tables behind a name, and the files that led there: of a temporary table, what it was filled from. */
interface Origin {
  readonly tables: Set<string>;
  readonly files: Set<string>;
}

async function flowsOfTask(dag: Dag, task: Task, known: Known): Promise<Flow[]> {
  const { parseSql } = await openParser();
  const source = sourceOf(dag);
  const temporary = new Map<string, Origin>();
  const flows: Flow[] = [];
  const filler = { dagId: dag.id, taskId: task.id };
  for (const path of [...task.sqlFiles ?? [], ...task.queries ?? []]) {
    const text = known.texts.get(path);
    if (text === undefined) {
      throw new Error(
        `Cannot read the lineage of ${dag.id}.${task.id}: sql/${path} is not there, expected the file`,
      );
    }
    for (const { tree } of parseSql(text)) {
      const statement = resolve(describeStatement(tree), known.definitions);
      const origin = originOf(statement, path, temporary);
      for (const to of statement.writes) {
        if (!to.includes(".")) {
          addOrigin(temporary, to, origin);
          continue;
        }
        const tables = [
          ...[...origin.tables].filter((from) => !isComparison(from, to)),
          ...source && statement.hasParameters ? [source.name] : [],
        ];
        const files = [...origin.files];
        flows.push({ from: null, to, filler, files });
        flows.push(...tables.map((from) => ({ from, to, filler, files })));
      }
    }
  }
  return flows;
}

/** A load lays what comes beside what has landed: that is no source of it, nor is a table of itself. */
function isComparison(from: string, to: string): boolean {
  return from === to || (layerOf(from) === "stg" && layerOf(to) === "stg");
}

function originOf(
  { reads }: Statement,
  path: string,
  temporary: ReadonlyMap<string, Origin>,
): Origin {
  const tables = new Set<string>();
  const files = new Set<string>();
  for (const name of reads) {
    if (name.includes(".")) tables.add(name);
    for (const table of temporary.get(name)?.tables ?? []) tables.add(table);
    for (const file of temporary.get(name)?.files ?? []) files.add(file);
  }
  return { tables, files: new Set([...files, path]) };
}

function addOrigin(temporary: Map<string, Origin>, name: string, more: Origin): void {
  const before = temporary.get(name);
  temporary.set(name, {
    tables: new Set([...before?.tables ?? [], ...more.tables]),
    files: new Set([...before?.files ?? [], ...more.files]),
  });
}

/** The statement with the tables behind the views that it reads and the functions that it calls. */
function resolve(statement: Statement, definitions: Definitions): Statement {
  const reads = new Set<string>();
  const writes = new Set<string>();
  const seen = new Set<string>();
  const add = (one: Statement) => {
    for (const name of one.writes) writes.add(name);
    for (const name of [...one.reads, ...one.calls]) {
      const definition = definitions.get(name);
      const isBehind = definition && definition.kind !== "table";
      if (!isBehind && one.reads.has(name) && isShown(name)) reads.add(name);
      if (!isBehind || seen.has(name)) continue;
      seen.add(name);
      add(definition.body);
    }
  };
  add(statement);
  return { ...statement, reads, writes: new Set([...writes].filter(isShown)) };
}

function isShown(name: string): boolean {
  return !BOOKKEEPING.has(name) && !name.startsWith("pg_catalog.") &&
    !name.startsWith("information_schema.");
}

function flowsOfViews(definitions: Definitions): Flow[] {
  return [...definitions].filter(([, { kind }]) => kind === "view").flatMap(([to, { body }]) =>
    [...resolve(body, definitions).reads].filter((from) => from.includes("."))
      .map((from) => ({ from, to, filler: null, files: [] }))
  );
}

/** What a DAG reads of the CRM: "extract_leads" reads the leads. */
function sourceOf(dag: Dag) {
  const extract = dag.tasks.find(({ pulls }) => pulls !== undefined);
  if (!extract) return null;
  const what = extract.id.replace(/^extract_/, "").replace(/_to_stage$/, "");
  return { name: `amocrm.${what}`, pulls: extract.pulls ?? "" };
}

/** The layer of a table: its schema. */
export function layerOf(name: string): string {
  return name.split(".")[0] ?? "";
}

function toLineage(
  dags: readonly Dag[],
  definitions: Definitions,
  flows: readonly Flow[],
): Lineage {
  const sources = dags.flatMap((dag) => sourceOf(dag) ?? []);
  const names = [
    ...sources.map(({ name }) => name),
    ...[...definitions].filter(([name, { kind }]) => kind !== "function" && isShown(name))
      .map(([name]) => name),
  ].sort(byLayer);
  const edges = flows.filter(({ from }) => from !== null);
  return new Map(names.map((name) => [name, {
    name,
    kind: sources.some((source) => source.name === name)
      ? "source" as const
      : definitions.get(name)?.kind === "view"
      ? "view" as const
      : "table" as const,
    layer: layerOf(name),
    madeBy: definitions.get(name)?.files ?? [],
    filledBy: fillersOf(flows.filter(({ to }) => to === name)),
    reads: unique(edges.filter(({ to }) => to === name).flatMap(({ from }) => from ?? [])),
    readBy: unique(edges.filter(({ from }) => from === name).map(({ to }) => to)),
    pulls: sources.filter((source) => source.name === name).map(({ pulls }) => pulls),
  }]));
}

function fillersOf(flows: readonly Flow[]): Filler[] {
  const found = new Map<string, Filler>();
  for (const { filler, files } of flows) {
    if (!filler) continue;
    const key = `${filler.dagId}.${filler.taskId}`;
    const before = found.get(key)?.files ?? [];
    found.set(key, { ...filler, files: [...new Set([...before, ...files])] });
  }
  return [...found.values()];
}

function unique(names: readonly string[]): string[] {
  return [...new Set(names)].sort(byLayer);
}

function byLayer(a: string, b: string): number {
  const place = (name: string) => LAYERS.findIndex((layer) => layer === layerOf(name));
  return place(a) - place(b) || (a < b ? -1 : 1);
}
