import { Buffer } from "node:buffer";
import { z } from "zod";

/** What `deno compile` has put into a program. */
export interface CompiledProgram {
  readonly metadata: z.infer<typeof metadataShape>;
  /** Bytes of every embedded file by its path in the program, e.g. "sql/ods/merge_ods_cars.sql". */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** Names of the npm packages inside. */
  readonly packages: readonly string[];
}

const MAGIC = "d3n0l4nd";
const PACKAGES = ".deno_compile_node_modules/localhost/";

const list = z.array(z.string()).nullable();
const metadataShape = z.object({
  entrypoint_key: z.string(),
  permissions: z.object({
    allow_read: list,
    allow_write: list,
    allow_net: list,
    allow_env: list,
    allow_sys: list,
    allow_run: list,
    allow_ffi: list,
    deny_import: list,
    prompt: z.boolean(),
  }),
  env_vars_from_env_file: z.record(z.string(), z.string()),
  workspace_resolver: z.object({ import_map: z.object({ json: z.string() }) }),
  otel_config: z.object({ tracing_enabled: z.boolean() }),
  unstable_config: z.object({ features: z.array(z.string()) }),
});

const fileShape = z.object({
  File: z.object({ n: z.string(), o: z.tuple([z.number(), z.number()]) }),
});
const folderShape = z.object({
  Dir: z.object({ n: z.string(), e: z.array(z.unknown()) }),
});

/**
 * Reads the section that `deno compile` of 2.9 appends to its runtime: the magic, then with their lengths
 * the metadata, the npm packages, three empty tables of remote modules, the tree of files, their bytes.
 *
 * Throws when the section is another one: then the version of Deno has changed, and this must follow.
 */
export function readCompiledProgram(bytes: Uint8Array): CompiledProgram {
  const section = createReader(bytes, findSection(bytes));
  const metadata = metadataShape.parse(JSON.parse(section.text()));
  section.block();
  for (const table of ["specifiers", "redirects", "remote modules"]) {
    const entries = section.count();
    if (entries !== 0) throw new Error(`Expected no ${table} in the program, found ${entries}`);
  }
  const tree: unknown = JSON.parse(section.text());
  const contents = section.block();
  if (section.magic() !== MAGIC) throw new Error("Expected the magic at the end of the section");
  const files = new Map(listFiles(z.array(z.unknown()).parse(tree), "", contents));
  return { metadata, files, packages: listPackages([...files.keys()]) };
}

/** The runtime holds the magic in its code too; the section begins with it and a short length. */
function findSection(bytes: Uint8Array): number {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = buffer.indexOf(MAGIC); at >= 0; at = buffer.indexOf(MAGIC, at + 1)) {
    const jsonAt = at + MAGIC.length + 8;
    if (buffer.subarray(jsonAt, jsonAt + 8).toString() === '{"argv":') return at + MAGIC.length;
  }
  throw new Error("Expected what deno compile appends, found none");
}

/** Reads one thing after the other; numbers are little-endian. */
function createReader(bytes: Uint8Array, start: number) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = start;
  const block = () => {
    const length = Number(view.getBigUint64(at, true));
    at += 8 + length;
    return bytes.subarray(at - length, at);
  };
  return {
    block,
    text: () => new TextDecoder().decode(block()),
    count: () => view.getUint32((at += 4) - 4, true),
    magic: () => new TextDecoder().decode(bytes.subarray(at, at + MAGIC.length)),
  };
}

function* listFiles(
  entries: readonly unknown[],
  parent: string,
  contents: Uint8Array,
): Generator<readonly [string, Uint8Array]> {
  for (const entry of entries) {
    const folder = folderShape.safeParse(entry);
    if (folder.success) {
      const { n, e } = folder.data.Dir;
      yield* listFiles(e, `${parent}${n}/`, contents);
    } else {
      const { n, o: [offset, length] } = fileShape.parse(entry).File;
      yield [`${parent}${n}`, contents.subarray(offset, offset + length)];
    }
  }
}

function listPackages(paths: readonly string[]): string[] {
  const names = paths.filter((path) => path.startsWith(PACKAGES)).map((path) => {
    const [first = "", second = ""] = path.slice(PACKAGES.length).split("/");
    return first.startsWith("@") ? `${first}/${second}` : first;
  });
  return [...new Set(names)].sort();
}
