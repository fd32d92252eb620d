import { join } from "node:path";
import { SQL_DIR } from "../../warehouse/sql_file.ts";

const texts = new Map<string, string>();

/** The text of a file below sql/, read once: it is shown beside the numbers that it asks for. */
export function sqlText(sqlFile: string): string {
  const known = texts.get(sqlFile);
  if (known !== undefined) return known;
  const text = Deno.readTextFileSync(join(SQL_DIR, sqlFile)).trimEnd();
  texts.set(sqlFile, text);
  return text;
}
