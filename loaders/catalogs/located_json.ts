import {
  getLocation,
  type Node,
  type ParseError,
  parseTree,
  printParseErrorCode,
} from "jsonc-parser";

/** A JSON value with the lines it was read from. */
export interface Located {
  readonly value: unknown;
  /** 1-based line of each value by its path, e.g. "[3].plate"; "" is the whole. */
  readonly lines: ReadonlyMap<string, number>;
  /** Names that an object has already, with the line on which they come again: of two values one would be lost. */
  readonly repeated: readonly RepeatedName[];
  /** How numbers are written that JavaScript writes otherwise, by path: "1.10", "9.7E+11". */
  readonly numbers: ReadonlyMap<string, string>;
}

/** A name that stands in an object more than once. */
export interface RepeatedName {
  readonly line: number;
  /** Of the value, e.g. "[3].plate". */
  readonly path: string;
}

/** A number that JSON writes otherwise than JavaScript does: "1.10", "9.7E+11", more digits than it keeps. */
export class WrittenNumber {
  constructor(readonly text: string, readonly value: number) {}
}

/** The value at a path, as the text writes it where that is such a number. */
export function writtenValue(value: unknown, { numbers }: Located, path: string): unknown {
  const text = numbers.get(path);
  return typeof value === "number" && text !== undefined ? new WrittenNumber(text, value) : value;
}

/** The text is not JSON; `line` is where that shows. */
export class JsonTextError extends Error {
  override readonly name = "JsonTextError";

  constructor(readonly line: number, expected: string) {
    super(`line ${line}: the text is not JSON: expected ${expected}`);
  }
}

/**
 * Parses JSON as `JSON.parse` does, and remembers on which line each value begins.
 *
 * `JSON.parse` says neither, and its messages quote the text, which may be personal. Throws `JsonTextError`.
 */
export function parseLocatedJson(text: string, firstLine = 1): Located {
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, {
    disallowComments: true,
    allowTrailingComma: false,
    allowEmptyContent: false,
  });
  const [error] = errors;
  if (error || !root) {
    const offset = error?.offset ?? 0;
    const line = firstLine + countLineEnds(text.slice(0, offset));
    throw new JsonTextError(line, describeExpected(text, errors));
  }
  const place: Place = {
    text,
    offset: 0,
    line: firstLine,
    lines: new Map(),
    repeated: [],
    numbers: new Map(),
  };
  locate(place, root, "");
  const { lines, repeated, numbers } = place;
  return { value: JSON.parse(text), lines, repeated, numbers };
}

/** How far the text has been walked through: nodes come in the order in which they stand. */
interface Place {
  readonly text: string;
  offset: number;
  line: number;
  readonly lines: Map<string, number>;
  readonly repeated: RepeatedName[];
  readonly numbers: Map<string, string>;
}

function locate(place: Place, node: Node, path: string): void {
  const line = lineOf(place, node);
  if (!place.lines.has(path)) place.lines.set(path, line);
  if (node.type === "number") {
    const written = place.text.slice(node.offset, node.offset + node.length);
    if (written !== String(node.value)) place.numbers.set(path, written);
  }
  const children = node.children ?? [];
  if (node.type === "array") {
    children.forEach((child, i) => locate(place, child, `${path}[${i}]`));
    return;
  }
  const names = new Set<unknown>();
  for (const [key, value] of children.map((child) => child.children ?? [])) {
    if (!key || !value) continue;
    const inner = path === "" ? String(key.value) : `${path}.${key.value}`;
    if (names.has(key.value)) place.repeated.push({ line: lineOf(place, key), path: inner });
    names.add(key.value);
    locate(place, value, inner);
  }
}

function lineOf(place: Place, { offset }: Node): number {
  place.line += countLineEnds(place.text.slice(place.offset, offset));
  place.offset = offset;
  return place.line;
}

function countLineEnds(text: string): number {
  return text.split(/\r\n|\n|\r/).length - 1;
}

/** What would have to stand where the text stops to be JSON. */
function describeExpected(text: string, [error, next]: readonly ParseError[]): string {
  if (!error) return "a value";
  switch (printParseErrorCode(error.error)) {
    case "PropertyNameExpected":
      return "a name in quotes";
    case "ColonExpected":
      return "a colon";
    case "CommaExpected": {
      const isInArray = typeof getLocation(text, error.offset).path.at(-1) === "number";
      return `a comma or ${isInArray ? "]" : "}"}`;
    }
    case "CloseBraceExpected":
      return "a comma or }";
    case "CloseBracketExpected":
      return "a comma or ]";
    case "EndOfFileExpected":
      return "nothing after the value";
    case "InvalidCommentToken":
      return "no comment";
    default:
      // A word that is no symbol of JSON, or a comma too many, where a name should stand.
      return next && printParseErrorCode(next.error) === "PropertyNameExpected"
        ? "a name in quotes"
        : "a value";
  }
}
