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
   * The kinds of changed records that bound what it can find, as ops/scope_changes names them, e.g. "leads" of
   * one whose header says "Scope: changed_leads": when there are none of them it finds nothing. Empty: it looks at
   * everything.
   */
  readonly scopes: readonly string[];
}

/** A check does not say in its header how severe it is, what it looks at or when it runs. */
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
  const scopes = scopesOf(text);
  if (
    (severity !== "error" && severity !== "warn") || !offender || !scopes || tables.length === 0
  ) {
    throw new CheckFileError(
      `Cannot use sql/${path}: its header says no severity, no scope or no task, expected ` +
        '"-- What:  error: <offenders>" or "warn", "-- Scope: everything" or the tables of changed records that ' +
        'bound it, and "-- After: <task>: <table>"',
    );
  }
  const name = path.replace(/^.*\//, "").replace(/\.sql$/, "");
  return { name, path, severity, offender, why: whyOf(text), tables, scopes };
}

/** What its header says of the changed records that it looks at; null where it says nothing that is known. */
function scopesOf(text: string): readonly string[] | null {
  const [, scope] = /^-- Scope: +(.+)$/m.exec(text) ?? [];
  if (scope === "everything") return [];
  const kinds =
    scope?.split(", ").map((table) => /^changed_(leads|clients|cars|car_days)$/.exec(table)?.[1]) ??
      [];
  const known = kinds.filter((kind) => kind !== undefined);
  return known.length > 0 && known.length === kinds.length ? known : null;
}

/** The comment lines from "Why:" to the first line that is none. */
function whyOf(text: string): string {
  const [, reason = ""] = /^-- Why: *((?:.*\n)(?:-- .*\n)*)/m.exec(text) ?? [];
  return reason.replaceAll(/\n-- */g, " ").trim();
}
