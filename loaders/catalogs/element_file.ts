import { extname } from "node:path";
import { foldName } from "../../lib/amocrm/field_match.ts";
import { describeInput, readInputFile } from "../account/input_file.ts";
import { toApiItem } from "./api_element.ts";
import { isBlank, trimBlanks } from "./blank_text.ts";
import { CsvTextError } from "./csv_rows.ts";
import { readTable, TableHeadError } from "./element_table.ts";
import type { FileProblem, FileRecord, FileValue } from "./file_record.ts";
import { JsonTextError, type Located, parseLocatedJson, writtenValue } from "./located_json.ts";

/** What a file holds. */
export interface ElementFile {
  /** The fields that it names: all of a table, else those of the first element. */
  readonly names: readonly (string | number)[];
  readonly records: readonly FileRecord[];
  readonly problems: readonly FileProblem[];
}

/** Reads the file at `path`, "-" for standard input; throws `ConfigError` when it is not there or may not be read. */
export async function readElementFile(path: string): Promise<ElementFile> {
  return parseElementFile(path, await readInputFile(path));
}

/**
 * Reads elements out of a JSON array, NDJSON or a table (CSV), which the ending of the name tells, or the first
 * character where the ending says nothing. Throws when it is none of them.
 */
export function parseElementFile(name: string, text: string): ElementFile {
  const content = text.replace(/^\uFEFF/, "");
  try {
    return parseFormat(findFormat(name, content), content);
  } catch (error) {
    const isExpected = error instanceof JsonTextError || error instanceof CsvTextError ||
      error instanceof TableHeadError;
    if (!isExpected) throw error;
    throw new Error(`Cannot read ${describeInput(name)}: ${error.message}`);
  }
}

type Format = "array" | "lines" | "table";

const FORMATS: Readonly<Record<string, Format>> = {
  ".json": "array",
  ".ndjson": "lines",
  ".jsonl": "lines",
  ".csv": "table",
  ".tsv": "table",
};

function findFormat(name: string, content: string): Format {
  const told = FORMATS[extname(name).toLowerCase()];
  if (told) return told;
  const first = content.trimStart();
  if (first.startsWith("{")) {
    return /^\{\s*"_(embedded|links|page)"/.test(first) ? "array" : "lines";
  }
  return first.startsWith("[") ? "array" : "table";
}

function parseFormat(format: Format, text: string): ElementFile {
  if (format === "array") return parseArray(text);
  if (format === "lines") return parseLines(text);
  const { names, rows } = readTable(text);
  return { ...collect(rows), names };
}

/** A list of elements, also as the API answers with it: in `_embedded.elements`. */
function parseArray(text: string): ElementFile {
  const located = parseLocatedJson(text);
  const embedded = memberOf(memberOf(located.value, "_embedded"), "elements");
  const [list, path] = Array.isArray(embedded)
    ? [embedded, "_embedded.elements"]
    : [located.value, ""];
  if (!Array.isArray(list)) throw new JsonTextError(1, "a list of elements");
  return collect(list.map((item: unknown, i) => toItem(item, located, `${path}[${i}]`)));
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}

function parseLines(text: string): ElementFile {
  const items = text.split(/\r\n|\n|\r/).flatMap((line, i) => {
    if (trimBlanks(line) === "") return [];
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

function toItem(value: unknown, located: Located, path: string): FileRecord | FileProblem {
  const line = located.lines.get(path) ?? 1;
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return { line, path, reason: "is not an object, expected one with values by field name" };
  }
  const inner = path === "" ? "" : `${path}.`;
  const twice = located.repeated.find((one) => one.path.startsWith(inner));
  if (twice) return { ...twice, reason: "is named twice in one object, expected once" };
  if ("custom_fields_values" in value) return toApiItem({ ...value }, located, path);
  const values: FileValue[] = [];
  for (const [name, given] of Object.entries(value)) {
    const at = inner + name;
    const valueLine = located.lines.get(at) ?? line;
    if (foldName(trimBlanks(name)) !== "") {
      values.push({
        names: [name],
        path: at,
        line: valueLine,
        given: [writtenValue(given, located, at)],
      });
    } else if (!isBlank(given)) {
      return { line: valueLine, path: at, reason: "has a value but no name, expected one" };
    }
  }
  return { line, path, values, isTable: false };
}

function collect(items: readonly (FileRecord | FileProblem)[]): ElementFile {
  const records = items.filter((item) => "values" in item);
  return {
    names: records[0]?.values.flatMap((value) => value.names) ?? [],
    records,
    problems: items.filter((item) => "reason" in item),
  };
}
