import { join } from "node:path";
import { readSqlFile, SQL_DIR } from "../warehouse/sql_file.ts";
import type { SqlText } from "./definitions.ts";

/** Every file below sql/, by path: the migrations come in their order. */
export async function readSqlTexts(): Promise<readonly SqlText[]> {
  const paths = (await listFiles("")).filter((path) => path.endsWith(".sql")).sort();
  return await Promise.all(
    paths.map(async (path) => ({ path, text: await readSqlFile(path) })),
  );
}

async function listFiles(folder: string): Promise<string[]> {
  const entries = await Array.fromAsync(Deno.readDir(join(SQL_DIR, folder)));
  const found = await Promise.all(entries.map(async ({ name, isDirectory }) => {
    const path = folder === "" ? name : `${folder}/${name}`;
    return isDirectory ? await listFiles(path) : [path];
  }));
  return found.flat();
}
