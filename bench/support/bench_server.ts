import postgres from "postgres";
import { findPostgresPrograms } from "../../tests/support/postgres_programs.ts";
import {
  readServerAccess,
  type ServerAccess,
  startPostgresServer,
} from "../../tests/support/postgres_server.ts";

/** A database on a server, dropped in the end unless it is kept. */
export interface BenchServer extends AsyncDisposable {
  readonly pg: ServerAccess & { readonly database: string };
  /** Runs one command of psql, which must be on the PATH. */
  psql(command: string): Promise<void>;
}

/**
 * Creates the database `name`_… on the server of `TEST_PG_*`, or on one that it starts and stops. With `kept`, the
 * database of that name on the server of `TEST_PG_*` is made where it is missing, and stays.
 */
export async function openBenchServer(
  name: string,
  { kept }: { readonly kept?: string | undefined } = {},
): Promise<BenchServer> {
  await using opened = new AsyncDisposableStack();
  const given = readServerAccess();
  if (kept !== undefined && given === null) {
    throw new Error(
      "Cannot keep a database: its server would end with the bench, expected one in TEST_PG_HOST",
    );
  }
  const access = given ?? opened.use(await startOwnServer()).access;
  const database = kept ?? `${name}_${crypto.randomUUID().slice(0, 8)}`;
  const isKept = await exists(access, database);
  if (!isKept) await asAdmin(access, `create database ${database}`);
  if (kept === undefined) {
    opened.defer(async () => {
      await asAdmin(access, `drop database ${database} with (force)`);
    });
  }
  const all = opened.move();
  return {
    pg: { ...access, database },
    psql: (command) => runPsql({ ...access, database }, command),
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
}

async function exists(access: ServerAccess, database: string): Promise<boolean> {
  const rows = await asAdmin(access, `select from pg_database where datname = '${database}'`);
  return rows.length > 0;
}

async function startOwnServer() {
  const programs = await findPostgresPrograms();
  if (programs) return await startPostgresServer(programs);
  throw new Error(
    "Cannot start PostgreSQL: found no programs of it, expected them or TEST_PG_HOST",
  );
}

async function asAdmin({ user, ...access }: ServerAccess, statement: string) {
  const sql = postgres({ ...access, username: user, database: "postgres", max: 1 });
  try {
    return await sql.unsafe(statement);
  } finally {
    await sql.end();
  }
}

async function runPsql(
  { host, port, user, password, database }: BenchServer["pg"],
  command: string,
): Promise<void> {
  const { success, stderr } = await new Deno.Command("psql", {
    args: ["-X", "-q", "-h", host, "-p", String(port), "-U", user, "-d", database, "-c", command],
    env: { PGPASSWORD: password },
  }).output();
  if (!success) throw new Error(`psql failed: ${new TextDecoder().decode(stderr)}`);
}
