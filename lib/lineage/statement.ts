import { isNode, namesIn, relationName, type SyntaxNode, walk } from "./parser.ts";

/** What one statement touches. Names without a schema are those of temporary tables. */
export interface Statement {
  readonly reads: ReadonlySet<string>;
  readonly writes: ReadonlySet<string>;
  /** Functions that it calls, with their schemas; those of PostgreSQL itself are left out. */
  readonly calls: ReadonlySet<string>;
  /** Whether rows may come from the program, as `$1`. */
  readonly hasParameters: boolean;
}

/** Kinds of statements whose `relation` is what they write. */
const WRITING = new Set(["InsertStmt", "UpdateStmt", "DeleteStmt", "MergeStmt", "CreateStmt"]);

/** What a statement reads, writes and calls. Common table expressions are part of it. */
export function describeStatement(tree: unknown): Statement {
  const reads = new Set<string>();
  const writes = new Set<string>();
  const calls = new Set<string>();
  const own = new Set<string>();
  let hasParameters = false;
  walk(tree, (kind, node) => {
    if (kind === "RangeVar") addTo(reads, relationName(node));
    if (kind === "FuncCall") addTo(calls, qualified(namesIn(node.funcname)));
    if (kind === "CommonTableExpr" && typeof node.ctename === "string") own.add(node.ctename);
    if (kind === "ParamRef") hasParameters = true;
    if (WRITING.has(kind)) addTo(writes, relationName(node.relation));
    if (kind === "ViewStmt") addTo(writes, relationName(node.view));
    if (kind === "CreateTableAsStmt" && isNode(node.into)) {
      addTo(writes, relationName(node.into.rel));
    }
  });
  for (const name of own) reads.delete(name);
  return { reads, writes, calls, hasParameters };
}

/** "schema.name"; null for a function of PostgreSQL itself. */
export function qualified(names: readonly string[]): string | null {
  const [schema, name] = names;
  if (schema === undefined || name === undefined || schema === "pg_catalog") return null;
  return `${schema}.${name}`;
}

function addTo(names: Set<string>, name: string | null): void {
  if (name !== null) names.add(name);
}

/** Several statements as one. */
export function mergeStatements(all: readonly Statement[]): Statement {
  const union = (pick: (one: Statement) => ReadonlySet<string>) =>
    new Set(all.flatMap((one) => [...pick(one)]));
  return {
    reads: union(({ reads }) => reads),
    writes: union(({ writes }) => writes),
    calls: union(({ calls }) => calls),
    hasParameters: all.some(({ hasParameters }) => hasParameters),
  };
}

/** The trees of a list that are nodes of a kind. */
export function nodesOf(tree: SyntaxNode, kind: string): SyntaxNode | null {
  const node = tree[kind];
  return isNode(node) ? node : null;
}
