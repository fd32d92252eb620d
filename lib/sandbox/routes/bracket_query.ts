/** `filter[a][]=1&filter[b]=2` as a tree: PHP's way to send structures in a query or a form. */
export type BracketTree = Map<string, string | BracketTree>;

/** Parses a query string or a form body. A later scalar wins over an earlier one; `[]` numbers its items. */
export function parseBrackets(text: string): BracketTree {
  const root: BracketTree = new Map();
  for (const [name, value] of new URLSearchParams(text)) insert(root, keysOf(name), value);
  return root;
}

function keysOf(name: string): string[] {
  const open = name.indexOf("[");
  if (open <= 0) return [name];
  return [name.slice(0, open), ...[...name.slice(open).matchAll(/\[([^\]]*)\]/g)].map(keyIn)];
}

function keyIn(match: RegExpMatchArray): string {
  return match[1] ?? "";
}

function insert(root: BracketTree, keys: readonly string[], value: string): void {
  let branch = root;
  keys.forEach((given, depth) => {
    const key = given === "" ? String(branch.size) : given;
    if (depth === keys.length - 1) {
      branch.set(key, value);
      return;
    }
    const next = branch.get(key);
    const child: BracketTree = next instanceof Map ? next : new Map();
    if (child !== next) branch.set(key, child);
    branch = child;
  });
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
