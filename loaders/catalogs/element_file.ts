import { extname } from "node:path";
import { CsvTextError, parseCsv } from "./csv_rows.ts";
import { readInputFile } from "../account/input_file.ts";
import { JsonTextError, type Located, parseLocatedJson } from "./located_json.ts";

/** One element as a file describes it: values by field name. */
export interface FileRecord {
  /** 1-based line on which it begins. */
  readonly line: number;
  /** Where it is in the file: "[3]" in JSON, "" where a line is an element. */
  readonly path: string;
  readonly values: Readonly<Record<string, unknown>>;
  /** The line of one of its values. */
  lineOf(name: string): number;
}

/** Something in a file that is not as it must be; never quotes a value, which may be personal. */
export interface FileProblem {
  readonly line: number;
  readonly path: string;
  readonly reason: string;
}

/** What a file holds. */
export interface ElementFile {
  readonly records: readonly FileRecord[];
  readonly problems: readonly FileProblem[];
}

/** Reads the file at `path`; throws `ConfigError` when it is not there or may not be read. */
export async function readElementFile(path: string): Promise<ElementFile> {
  return parseElementFile(path, await readInputFile(path));
}

/** Reads elements out of a JSON array, NDJSON (.ndjson, .jsonl) or CSV. Throws when it is none of them. */
export function parseElementFile(name: string, text: string): ElementFile {
  const content = text.replace(/^\uFEFF/, "");
  try {
    switch (extname(name).toLowerCase()) {
      case ".csv":
        return parseRows(content);
      case ".ndjson":
      case ".jsonl":
        return parseLines(content);
      default:
        return parseArray(content);
    }
  } catch (error) {
    if (!(error instanceof JsonTextError || error instanceof CsvTextError)) throw error;
    throw new Error(`Cannot read the file "${name}": ${error.message}`);
  }
}

function parseArray(text: string): ElementFile {
  const located = parseLocatedJson(text);
  if (!Array.isArray(located.value)) throw new JsonTextError(1, "a list of elements");
  const items = located.value.map((item: unknown, i) => toItem(item, located, `[${i}]`));
  return collect(items);
}

function parseLines(text: string): ElementFile {
  const items = text.split("\n").flatMap((line, i) => {
    if (line.trim() === "") return [];
    try {
      const located = parseLocatedJson(line, i + 1);
      return [toItem(located.value, located, "")];
    } catch (error) {
      if (!(error instanceof JsonTextError)) throw error;
      return [{ line: i + 1, path: "", reason: "is not JSON" }];
    }
  });
  return collect(items);
}

/** The first row names the fields; an empty cell is no value. */
function parseRows(text: string): ElementFile {
  const [head, ...rows] = parseCsv(text);
  const names = head?.cells.map((cell) => cell.trim()) ?? [];
  return collect(rows.map(({ line, cells }) => {
    if (cells.length !== names.length) {
      const reason = `has ${cells.length} cells, expected ${names.length} as in the first row`;
      return { line, path: "", reason };
    }
    const values = Object.fromEntries(names.map((name, i) => [name, cells[i] || null]));
    return { line, path: "", values, lineOf: () => line };
  }));
}

function toItem(value: unknown, located: Located, path: string): FileRecord | FileProblem {
  const line = located.lines.get(path) ?? 1;
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return { line, path, reason: "is not an object, expected one with values by field name" };
  }
  const inner = (name: string) => path === "" ? name : `${path}.${name}`;
  return {
    line,
    path,
    values: { ...value },
    lineOf: (name) => located.lines.get(inner(name)) ?? line,
  };
}

function collect(items: readonly (FileRecord | FileProblem)[]): ElementFile {
  return {
    records: items.filter((item) => "values" in item),
    problems: items.filter((item) => "reason" in item),
  };
}
