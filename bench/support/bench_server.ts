import postgres from "postgres";
import { findPostgresPrograms } from "../../tests/support/postgres_programs.ts";
import {
  readServerAccess,
  type ServerAccess,
  startPostgresServer,
} from "../../tests/support/postgres_server.ts";

/** An empty database on a server, dropped in the end. */
export interface BenchServer extends AsyncDisposable {
  readonly pg: ServerAccess & { readonly database: string };
  /** Runs one command of psql, which must be on the PATH. */
  psql(command: string): Promise<void>;
}

/** Creates the database `name` on the server of `TEST_PG_*`, or on one that it starts and stops. */
export async function openBenchServer(name: string): Promise<BenchServer> {
  await using opened = new AsyncDisposableStack();
  const access = readServerAccess() ?? opened.use(await startOwnServer()).access;
  const database = `${name}_${crypto.randomUUID().slice(0, 8)}`;
  await asAdmin(access, `create database ${database}`);
  opened.defer(() => asAdmin(access, `drop database ${database} with (force)`));
  const all = opened.move();
  return {
    pg: { ...access, database },
    psql: (command) => runPsql({ ...access, database }, command),
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
}

async function startOwnServer() {
  const programs = await findPostgresPrograms();
  if (programs) return await startPostgresServer(programs);
  throw new Error(
    "Cannot start PostgreSQL: found no programs of it, expected them or TEST_PG_HOST",
  );
}

async function asAdmin({ user, ...access }: ServerAccess, statement: string): Promise<void> {
  const sql = postgres({ ...access, username: user, database: "postgres", max: 1 });
  try {
    await sql.unsafe(statement);
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
