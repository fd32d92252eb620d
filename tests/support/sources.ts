import { dirname, join, normalize } from "node:path";
import { PROJECT_DIR } from "./script.ts";

/** Paths below a folder of the project, e.g. "lib/sandbox/main.ts", of the files whose name ends so. */
export async function listFiles(folder: string, ending: string): Promise<string[]> {
  const paths: string[] = [];
  for await (const entry of Deno.readDir(join(PROJECT_DIR, folder))) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory) paths.push(...await listFiles(path, ending));
    else if (path.endsWith(ending)) paths.push(path);
  }
  return paths.sort();
}

/** The text of a file of the project. */
export function readSource(path: string): Promise<string> {
  return Deno.readTextFile(join(PROJECT_DIR, path));
}

/** What a file imports, types and imports on demand too: the texts behind `from` and `import`. */
export function importsOf(text: string): string[] {
  return [...text.matchAll(/(?:from|import)\s*\(?\s*"([^"]+)"/g)].map(([, target]) => target ?? "");
}

/** The files of the project that the file at `path` imports, as paths of the project. */
export function ownImportsOf(path: string, text: string): string[] {
  return importsOf(text).filter((target) => /^\.{1,2}\//.test(target))
    .map((target) => normalize(join(dirname(path), target)));
}
