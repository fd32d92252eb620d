import assert from "node:assert/strict";
import { dirname, join, normalize } from "node:path";
import { PROJECT_DIR } from "./support/script.ts";
import { listFiles } from "./support/sources.ts";

/** What only exists after a command was run, or on another machine. */
const MADE_LATER = /^(\.data|logs|dist|node_modules|\.env$)/;
/** Names of what the reader is told to write. */
const EXAMPLES = [/daily_build_example/, /build_example/];
const LONGEST_README = 130;

const documents = ["README.md", ...await listFiles("docs", ".md")];
const texts = new Map(
  await Promise.all(documents.map(async (path): Promise<[string, string]> => [
    path,
    await Deno.readTextFile(join(PROJECT_DIR, path)),
  ])),
);
const headings = new Map([...texts].map(([path, text]) => [path, headingsOf(text)]));

/** Paths like "lib/warehouse/open.ts" or "docs/checks.md" that a text names, in code or in prose. */
function pathsOf(text: string): string[] {
  const rooms = "(?:pipeline|loaders|lib|sql|tests|bench|docs)";
  const pattern = new RegExp(
    `(?<![\\w/.-])${rooms}/[\\w./-]*\\w\\.(?:ts|sql|md|json|ics|csv)\\b`,
    "g",
  );
  return [...text.matchAll(pattern)].map(([path]) => path);
}

/** Targets of links that are no address, like "docs/checks.md" and "#the-run-log". */
function linksOf(text: string): string[] {
  return [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target ?? "")
    .filter((target) => !/^[a-z]+:/.test(target));
}

/** The anchors that the headings of a text make. */
function headingsOf(text: string): string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, title]) =>
    (title ?? "").toLowerCase().replaceAll(/[^\p{L}\p{N} _-]/gu, "").replaceAll(" ", "-")
  );
}

function exists(path: string): boolean {
  try {
    Deno.statSync(join(PROJECT_DIR, path));
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

Deno.test("the docs name no file of the project that is not there", () => {
  const missing = [...texts].flatMap(([document, text]) =>
    pathsOf(text)
      .filter((path) => !MADE_LATER.test(path) && !EXAMPLES.some((example) => example.test(path)))
      .filter((path) => !exists(path)).map((path) => `${document}: ${path}`)
  );
  assert.deepEqual(missing, []);
});

Deno.test("pathsOf() finds what is no longer there", () => {
  assert.deepEqual(pathsOf("`lib/warehouse.ts` and pipeline/daily.ts, not .data/x.ts"), [
    "lib/warehouse.ts",
    "pipeline/daily.ts",
  ]);
  assert.equal(exists("lib/warehouse.ts"), false);
});

Deno.test("every link of the docs leads to a file, and to a heading of it", () => {
  const broken = [...texts].flatMap(([document, text]) =>
    linksOf(text).filter((link) => {
      const [file = "", anchor] = link.split("#");
      const path = file === "" ? document : normalize(join(dirname(document), file));
      if (!exists(path)) return true;
      return anchor !== undefined && !headings.get(path)?.includes(anchor);
    }).map((link) => `${document}: ${link}`)
  );
  assert.deepEqual(broken, []);
});

Deno.test("README.md names every page of docs/, and stays short", () => {
  const readme = texts.get("README.md") ?? "";
  assert.deepEqual(documents.slice(1).filter((path) => !readme.includes(`](${path})`)), []);
  const lines = readme.trimEnd().split("\n").length;
  assert.ok(lines <= LONGEST_README, `README.md has ${lines} lines, at most ${LONGEST_README}`);
});
