/** A JSON value with the lines it was read from. */
export interface Located {
  readonly value: unknown;
  /** 1-based line of each value by its path, e.g. "[3].plate"; "" is the whole. */
  readonly lines: ReadonlyMap<string, number>;
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
  const reader: Reader = { tokens: tokenize(text, firstLine), position: 0, lines: new Map() };
  const value = readValue(reader, "");
  const rest = reader.tokens[reader.position];
  if (rest && rest.text !== END) throw new JsonTextError(rest.line, "nothing after the value");
  return { value, lines: reader.lines };
}

interface Token {
  readonly text: string;
  readonly line: number;
}

interface Reader {
  readonly tokens: readonly Token[];
  position: number;
  readonly lines: Map<string, number>;
}

const END = "";
const TOKEN = /[{}[\]:,]|"(?:[^"\\\n]|\\.)*"|[^\s{}[\]:,"]+|\n|"/g;

function tokenize(text: string, firstLine: number): Token[] {
  const tokens: Token[] = [];
  let line = firstLine;
  for (const [token] of text.matchAll(TOKEN)) {
    if (token === "\n") line++;
    else tokens.push({ text: token, line });
  }
  return [...tokens, { text: END, line }];
}

function take(reader: Reader): Token {
  const token = reader.tokens[reader.position];
  if (token === undefined) throw new Error("Cannot read JSON: went past its end");
  if (token.text !== END) reader.position++;
  return token;
}

function readValue(reader: Reader, path: string): unknown {
  const token = take(reader);
  reader.lines.set(path, token.line);
  if (token.text === "{") return readObject(reader, path);
  if (token.text === "[") return readArray(reader, path);
  return readScalar(token, "a value");
}

function readScalar({ text, line }: Token, expected: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) throw new JsonTextError(line, expected);
    throw error;
  }
}

function readObject(reader: Reader, path: string): Record<string, unknown> {
  const entries: [string, unknown][] = [];
  readMembers(reader, "}", () => {
    const token = take(reader);
    const name = token.text.startsWith('"') ? readScalar(token, "a name in quotes") : undefined;
    if (typeof name !== "string") throw new JsonTextError(token.line, "a name in quotes");
    const colon = take(reader);
    if (colon.text !== ":") throw new JsonTextError(colon.line, "a colon");
    entries.push([name, readValue(reader, path === "" ? name : `${path}.${name}`)]);
  });
  return Object.fromEntries(entries);
}

function readArray(reader: Reader, path: string): unknown[] {
  const items: unknown[] = [];
  readMembers(reader, "]", () => {
    items.push(readValue(reader, `${path}[${items.length}]`));
  });
  return items;
}

function readMembers(reader: Reader, end: "}" | "]", readMember: () => void): void {
  if (reader.tokens[reader.position]?.text === end) {
    take(reader);
    return;
  }
  for (;;) {
    readMember();
    const separator = take(reader);
    if (separator.text === end) return;
    if (separator.text !== ",") throw new JsonTextError(separator.line, `a comma or ${end}`);
  }
}
