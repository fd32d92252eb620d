import {
  isNode,
  namesIn,
  openParser,
  type ParsedStatement,
  ParseError,
  relationName,
  type SyntaxNode,
  walk,
} from "./parser.ts";
import {
  describeStatement,
  mergeStatements,
  nodesOf,
  qualified,
  type Statement,
} from "./statement.ts";

/** A file below sql/. */
export interface SqlText {
  /** Relative to sql/. */
  readonly path: string;
  readonly text: string;
}

/** A table, view or function as the migrations leave it. */
export interface Definition {
  readonly kind: "table" | "view" | "function";
  /** The migrations that made or changed it, in their order. */
  readonly files: readonly string[];
  /** What a view or the body of a function touches. */
  readonly body: Statement;
}

/** By "schema.name"; overloaded functions are one. */
export type Definitions = ReadonlyMap<string, Definition>;

/** What the migrations, in their order, make of the warehouse. */
export async function readDefinitions(migrations: readonly SqlText[]): Promise<Definitions> {
  const { parseSql } = await openParser();
  const found = new Map<string, Definition>();
  for (const { path, text } of migrations) {
    for (const statement of parseSql(text)) await apply(found, path, statement);
  }
  return found;
}

async function apply(
  found: Map<string, Definition>,
  path: string,
  statement: ParsedStatement,
): Promise<void> {
  const { tree } = statement;
  const drop = nodesOf(tree, "DropStmt");
  if (drop) return forget(found, drop);
  const made = await definitionIn(statement);
  if (!made) return change(found, path, tree);
  const before = found.get(made.name);
  // A function may have overloads; a view that is made again is another one.
  const isMore = made.kind === "function" && before !== undefined && !made.isReplaced;
  found.set(made.name, {
    kind: made.kind,
    files: [...before?.files ?? [], path].filter((file, i, all) => all.indexOf(file) === i),
    body: isMore ? mergeStatements([before.body, made.body]) : made.body,
  });
}

interface Made {
  readonly name: string;
  readonly kind: Definition["kind"];
  readonly isReplaced: boolean;
  readonly body: Statement;
}

const EMPTY = describeStatement(null);

async function definitionIn({ tree, text }: ParsedStatement): Promise<Made | null> {
  const table = nodesOf(tree, "CreateStmt");
  const view = nodesOf(tree, "ViewStmt");
  const materialized = nodesOf(tree, "CreateTableAsStmt");
  const routine = nodesOf(tree, "CreateFunctionStmt");
  const into = materialized && isNode(materialized.into) ? materialized.into.rel : null;
  const relation = relationName(table?.relation ?? view?.view ?? into);
  if (relation?.includes(".")) {
    const query = view?.query ?? materialized?.query;
    const isTable = table !== null || materialized?.objtype === "OBJECT_TABLE";
    return {
      name: relation,
      kind: isTable ? "table" : "view",
      isReplaced: true,
      body: isTable ? EMPTY : describeStatement(query),
    };
  }
  const name = routine && qualified(namesIn(routine.funcname));
  if (!routine || !name) return null;
  return {
    name,
    kind: "function",
    isReplaced: routine.replace === true,
    body: await bodyOf(routine, text),
  };
}

/** What a function does, by its body: parsed with it, or a text in SQL or PL/pgSQL. */
async function bodyOf(routine: SyntaxNode, text: string): Promise<Statement> {
  const body = textOption(routine, "as");
  if (body === null) return describeStatement(routine.sql_body);
  const { parseSql } = await openParser();
  return mergeStatements(
    textOption(routine, "language") === "plpgsql"
      ? await statementsOfPlPgSql(text)
      : parseSql(body).map(({ tree }) => describeStatement(tree)),
  );
}

function textOption(routine: SyntaxNode, name: string): string | null {
  if (!Array.isArray(routine.options)) return null;
  for (const option of routine.options) {
    const element: unknown = isNode(option) ? option.DefElem : null;
    if (!isNode(element) || element.defname !== name || !isNode(element.arg)) continue;
    const { String: single, List: list } = element.arg;
    if (isNode(single) && typeof single.sval === "string") return single.sval;
    return isNode(list) ? namesIn(list.items)[0] ?? null : null;
  }
  return null;
}

/** The queries and expressions of a PL/pgSQL body; what it puts together as text at run time is not known. */
async function statementsOfPlPgSql(text: string): Promise<Statement[]> {
  const { parsePlPgSql, parseSql } = await openParser();
  const queries: string[] = [];
  // The parser stands alone and knows no type of ours; what the function returns is of no matter here.
  const plain = text.replace(/\breturns\s+(setof\s+)?[\w.]+\[\]/i, "returns $1integer");
  walk(parsePlPgSql(plain), (kind, node) => {
    if (kind === "PLpgSQL_expr" && typeof node.query === "string") queries.push(node.query);
  });
  return queries.flatMap((query) => {
    // An expression is a query without its first word; an assignment has its target before it.
    for (const one of [query, `select ${query.replace(/^[\w.[\]]+\s*:=/, "")}`]) {
      try {
        return parseSql(one).map(({ tree }) => describeStatement(tree));
      } catch (error) {
        if (!(error instanceof ParseError)) throw error;
      }
    }
    return [];
  });
}

/** A change of a table belongs to its files; one that renames it is not followed: none here does. */
function change(found: Map<string, Definition>, path: string, tree: SyntaxNode): void {
  const altered = nodesOf(tree, "AlterTableStmt");
  const name = relationName(altered?.relation);
  const before = name === null ? undefined : found.get(name);
  if (name === null || !before || before.files.includes(path)) return;
  found.set(name, { ...before, files: [...before.files, path] });
}

function forget(found: Map<string, Definition>, drop: SyntaxNode): void {
  if (!Array.isArray(drop.objects)) return;
  const isRoutine = drop.removeType === "OBJECT_FUNCTION";
  if (!isRoutine && drop.removeType !== "OBJECT_TABLE" && drop.removeType !== "OBJECT_VIEW") return;
  for (const object of drop.objects) {
    const list: unknown = isNode(object) && isNode(object.List)
      ? object.List.items
      : isNode(object) && isNode(object.ObjectWithArgs)
      ? object.ObjectWithArgs.objname
      : null;
    const name = qualified(namesIn(list));
    if (name !== null) found.delete(name);
  }
}
