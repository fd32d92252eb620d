import { parse, type ParsedQs } from "qs";

/** `filter[a][]=1&filter[b]=2` as a tree: PHP's way to send structures in a query or a form. */
export type BracketTree = Map<string, string | BracketTree>;

// An index above the limit would make an object of the list, and a parameter above its limit would be lost: the
// library guards servers that strangers reach, and this one only answers on loopback.
const OPTIONS = {
  ignoreQueryPrefix: true,
  arrayLimit: 100_000,
  parameterLimit: Infinity,
  depth: 20,
  duplicates: "last",
  plainObjects: true,
} as const;

/** Parses a query string or a form body. A later scalar wins over an earlier one; `[]` numbers its items. */
export function parseBrackets(text: string): BracketTree {
  return toTree(parse(text, OPTIONS));
}

type Parsed = ParsedQs[string];

function toTree(parsed: Exclude<Parsed, string | undefined>): BracketTree {
  const tree: BracketTree = new Map();
  for (const [key, value] of Object.entries(parsed)) {
    const node = toNode(value);
    if (node !== undefined) tree.set(key, node);
  }
  return tree;
}

function toNode(value: Parsed): string | BracketTree | undefined {
  if (value === undefined || typeof value === "string") return value;
  // "a=1&a[from]=2" is no list: the later of the two meanings counts, as in PHP.
  const isTorn = Array.isArray(value) && new Set(value.map((item) => typeof item)).size > 1;
  return isTorn ? toNode(value.at(-1)) : toTree(value);
}

/** The branch or text at a path, or undefined. */
export function at(tree: BracketTree, ...path: string[]): string | BracketTree | undefined {
  let node: string | BracketTree | undefined = tree;
  for (const key of path) node = node instanceof Map ? node.get(key) : undefined;
  return node;
}

/** Every text below a node: a scalar, a comma list and `[]` items all count, as the clients send all three. */
export function texts(node: string | BracketTree | undefined): string[] {
  if (node === undefined) return [];
  if (typeof node === "string") return node.split(",").map((part) => part.trim());
  return [...node.values()].flatMap((child) => typeof child === "string" ? [child] : []);
}

/** The whole numbers among `texts`; undefined when the parameter is absent, so that "no filter" stays visible. */
export function integers(node: string | BracketTree | undefined): number[] | undefined {
  if (node === undefined) return undefined;
  return texts(node).map(Number).filter(Number.isInteger);
}

/** A closed interval given as `[from]` and `[to]`; either end may be open. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** Reads `[from]/[to]`; undefined without either. */
export function range(node: string | BracketTree | undefined): Range | undefined {
  if (!(node instanceof Map)) return undefined;
  const end = (key: string) => {
    const text = node.get(key);
    return typeof text === "string" && text !== "" && Number.isFinite(Number(text))
      ? Number(text)
      : undefined;
  };
  const [from, to] = [end("from"), end("to")];
  if (from === undefined && to === undefined) return undefined;
  return { from: from ?? -Infinity, to: to ?? Infinity };
}

export function isWithin(value: number, bounds: Range): boolean {
  return value >= bounds.from && value <= bounds.to;
}

/** The query of a list without the filters that this account does not heed: see the switch `ignoredFilters`. */
export function parseListQuery(url: URL, ignored: readonly string[]): BracketTree {
  const query = parseBrackets(url.search);
  const filters = query.get("filter");
  for (const name of ignored) {
    if (filters instanceof Map) filters.delete(name);
    if (name === "order" || name === "query") query.delete(name);
  }
  return query;
}
