/** A node of the tree that PostgreSQL's parser gives; what it holds depends on its kind. */
export type SyntaxNode = Readonly<Record<string, unknown>>;

/** A text that PostgreSQL's own parser refuses; the message says where and why. */
export class ParseError extends Error {
  override readonly name = "ParseError";
}

/** One statement of a text. */
export interface ParsedStatement {
  readonly tree: SyntaxNode;
  readonly text: string;
}

interface Parser {
  readonly parseSql: (text: string) => readonly ParsedStatement[];
  readonly parsePlPgSql: (text: string) => unknown;
}

let opened: Promise<Parser> | null = null;

/**
 * PostgreSQL's own parser (libpg-query, WASM). It is loaded with the first call, once: what does not look at the
 * lineage does not pay for it. It needs nothing but leave to read its own file.
 */
export function openParser(): Promise<Parser> {
  opened ??= load();
  return opened;
}

async function load(): Promise<Parser> {
  const { loadModule, parsePlPgSQLSync, parseSync } = await import("libpg-query");
  await loadModule();
  return {
    parseSql: (text) =>
      refuse(text, () => {
        const tree: unknown = parseSync(text);
        const statements = isNode(tree) && Array.isArray(tree.stmts) ? tree.stmts : [];
        return statements.flatMap((one: unknown) =>
          isNode(one) && isNode(one.stmt) ? [{ tree: one.stmt, text: textOf(one, text) }] : []
        );
      }),
    parsePlPgSql: (text) => refuse(text, () => parsePlPgSQLSync(text)),
  };
}

/** The parser counts in bytes of UTF-8; the last statement may have no length. */
function textOf({ stmt_location: start, stmt_len: length }: SyntaxNode, text: string): string {
  const bytes = new TextEncoder().encode(text);
  const first = typeof start === "number" ? start : 0;
  const end = typeof length === "number" && length > 0 ? first + length : bytes.length;
  return new TextDecoder().decode(bytes.slice(first, end));
}

function refuse<T>(text: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    // Of PL/pgSQL it throws plain errors.
    if (!(error instanceof Error)) throw error;
    throw new ParseError(`${error.message}${placeOf(error, text)}`, { cause: error });
  }
}

/** " at line 3", as the parser counts characters from 0. */
function placeOf(error: Error, text: string): string {
  const details = "sqlDetails" in error ? error.sqlDetails : null;
  if (!isNode(details) || typeof details.cursorPosition !== "number") return "";
  return ` at line ${[...text].slice(0, details.cursorPosition).join("").split("\n").length}`;
}

/** Whether it is a node or part of one, not a list or a plain value. */
export function isNode(value: unknown): value is SyntaxNode {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Calls `visit` for every named part of a tree, from the top down. */
export function walk(tree: unknown, visit: (kind: string, node: SyntaxNode) => void): void {
  if (Array.isArray(tree)) {
    for (const one of tree) walk(one, visit);
    return;
  }
  if (!isNode(tree)) return;
  for (const [kind, value] of Object.entries(tree)) {
    if (isNode(value)) visit(kind, value);
    walk(value, visit);
  }
}

/** The texts of a list of names, e.g. ["dds", "rental_days"]. */
export function namesIn(list: unknown): string[] {
  if (!Array.isArray(list)) return [];
  return list.flatMap((one: unknown) =>
    isNode(one) && isNode(one.String) && typeof one.String.sval === "string"
      ? [one.String.sval]
      : []
  );
}

/** "schema.name" of a table, or the bare name of a temporary one or of a common table expression. */
export function relationName(node: unknown): string | null {
  if (!isNode(node) || typeof node.relname !== "string") return null;
  return typeof node.schemaname === "string" ? `${node.schemaname}.${node.relname}` : node.relname;
}
