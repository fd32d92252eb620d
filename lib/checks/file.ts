import { join } from "node:path";
import { readSqlFile, SQL_DIR } from "../warehouse/sql_file.ts";

/** `error` holds up what waits for the task, `warn` is only told. */
export type Severity = "error" | "warn";

/** A table that a check looks at, once the task that fills it has done so. */
export interface CheckedTable {
  readonly task: string;
  /** With its schema, e.g. "ods.ods_leads_hist". */
  readonly table: string;
}

/** One file of sql/checks: a select of offending rows, with `id` and `detail` of each. */
export interface Check {
  /** Its file name without the ending. */
  readonly name: string;
  /** Relative to sql/. */
  readonly path: string;
  readonly severity: Severity;
  /** What an offender is, in words. */
  readonly offender: string;
  /** The reason for the rule, from the comments of its file; empty where they give none. */
  readonly why: string;
  readonly tables: readonly CheckedTable[];
  /**
   * The kinds of changed records that it looks at, as ops/scope_changes.sql counts them, e.g. "leads" of one that
   * joins changed_leads: when there are none of them it finds nothing. Empty: it looks at everything.
   */
  readonly scopes: readonly string[];
}

/** A check does not say in its header how severe it is or when it runs. */
export class CheckFileError extends Error {
  override readonly name = "CheckFileError";
}

let known: readonly Check[] | null = null;

/** Every check, by name; their files are read once. Throws `CheckFileError`. */
export async function readChecks(): Promise<readonly Check[]> {
  return known ??= await readFiles();
}

async function readFiles(): Promise<readonly Check[]> {
  const entries = await Array.fromAsync(Deno.readDir(join(SQL_DIR, "checks")));
  const files = entries.map(({ name }) => name).sort();
  return await Promise.all(files.map(async (file) => {
    const path = `checks/${file}`;
    return parseCheck(path, await readSqlFile(path));
  }));
}

/** Reads the header of a check. Throws `CheckFileError`. */
export function parseCheck(path: string, text: string): Check {
  const [, severity, offender] = /^-- What: +(\w+): (.+)$/m.exec(text) ?? [];
  const tables = [...text.matchAll(/^-- After: +(\w+): ([a-z_]+\.[a-z_]+)$/gm)]
    .map(([, task = "", table = ""]) => ({ task, table }));
  if ((severity !== "error" && severity !== "warn") || !offender || tables.length === 0) {
    throw new CheckFileError(
      `Cannot use sql/${path}: its header says no severity or no task, expected ` +
        '"-- What:  error: <offenders>" or "warn", and "-- After: <task>: <table>"',
    );
  }
  const name = path.replace(/^.*\//, "").replace(/\.sql$/, "");
  return { name, path, severity, offender, why: whyOf(text), tables, scopes: scopesOf(text) };
}

/** The temporary tables of changed records that its statement names, which bound what it can find. */
function scopesOf(text: string): readonly string[] {
  const statement = text.replaceAll(/^--.*$/gm, "");
  const names = [...statement.matchAll(/\bchanged_(leads|clients|cars|car_days)\b/g)];
  return [...new Set(names.map(([, kind = ""]) => kind))];
}

/** The comment lines from "Why:" to the first line that is none. */
function whyOf(text: string): string {
  const [, reason = ""] = /^-- Why: *((?:.*\n)(?:-- .*\n)*)/m.exec(text) ?? [];
  return reason.replaceAll(/\n-- */g, " ").trim();
}
