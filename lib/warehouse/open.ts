import type { Sql } from "postgres";
import { type Config, ConfigError, type PgSettings } from "../config.ts";
import { connect, errorCode } from "./connection.ts";
import { log, type Warehouse, WarehouseError } from "./warehouse.ts";

const OLDEST_SERVER = 15;

/** The four first DAGs of a day side by side, and their heartbeats. */
const SERVER_POOL_SIZE = 6;

const CONNECT_TIMEOUT_S = 10;

const LOGIN_TIMEOUT_MS = 15_000;

/**
 * Opens the server that `PG_*` names, or else the embedded warehouse, and logs which one it is.
 *
 * Does not migrate. Throws `WarehouseError`, or `LockedError` when another process has the
 * embedded warehouse open.
 */
export async function openWarehouse(config: Config): Promise<Warehouse> {
  const warehouse = config.pg ? await openServer(config.pg) : await openEmbedded(config.dataDir);
  log.info("Warehouse: {warehouse} ({kind})", {
    warehouse: warehouse.description,
    kind: warehouse.kind,
  });
  return warehouse;
}

/** Opens a pool to a PostgreSQL server, 15 or later. Throws `WarehouseError`. */
export async function openServer(
  pg: PgSettings,
  loginTimeoutMs: number = LOGIN_TIMEOUT_MS,
): Promise<Warehouse> {
  const sql = connect({
    host: pg.host,
    port: pg.port,
    database: pg.database,
    username: pg.user,
    password: pg.password,
    ssl: pg.sslmode === "disable" ? false : pg.sslmode,
    max: SERVER_POOL_SIZE,
    connect_timeout: CONNECT_TIMEOUT_S,
    idle_timeout: 60,
  });
  const place = `${pg.host}:${pg.port}/${pg.database}`;
  try {
    await refuseOldServer(sql, place, loginTimeoutMs);
  } catch (error) {
    await sql.end({ timeout: 1 });
    throw error;
  }
  return {
    sql,
    kind: "server",
    description: `PostgreSQL at ${place}`,
    [Symbol.asyncDispose]: () => sql.end({ timeout: 5 }),
  };
}

// Not a literal in the import below, so that `deno compile` leaves PGlite out: its 26 MB would be most of the
// binary, which is for servers.
const EMBEDDED_WAREHOUSE = new URL("./embedded.ts", import.meta.url);

async function openEmbedded(dataDir: string): Promise<Warehouse> {
  if (!isThere(EMBEDDED_WAREHOUSE)) {
    throw new ConfigError(
      "PG_HOST is missing: this build has no embedded warehouse, expected the name of a " +
        "PostgreSQL server",
    );
  }
  const { openEmbeddedWarehouse }: typeof import("./embedded.ts") = await import(
    EMBEDDED_WAREHOUSE.href
  );
  return await openEmbeddedWarehouse(dataDir);
}

function isThere(file: URL): boolean {
  try {
    return Deno.statSync(file).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

async function refuseOldServer(sql: Sql, place: string, timeoutMs: number): Promise<void> {
  let version: number;
  try {
    version = await withDeadline(readServerVersion(sql), timeoutMs);
  } catch (error) {
    throw new WarehouseError(`Cannot open the warehouse at ${place}: ${explain(error)}`, {
      cause: error,
    });
  }
  if (version < OLDEST_SERVER) {
    throw new WarehouseError(
      `Cannot use the warehouse at ${place}: it is PostgreSQL ${version}, ` +
        `expected ${OLDEST_SERVER} or later: upgrade the server`,
    );
  }
}

async function readServerVersion(sql: Sql): Promise<number> {
  const [row] = await sql`select current_setting('server_version_num')::integer as version`;
  return Math.floor(Number(row?.version) / 10_000);
}

/** postgres.js connects again without end when whatever is there hangs up before the login is done. */
async function withDeadline<T>(work: Promise<T>, timeoutMs: number): Promise<T> {
  const late = Promise.withResolvers<never>();
  const error = Object.assign(new Error("No login in time"), { code: "LOGIN_TIMEOUT" });
  const timer = setTimeout(() => late.reject(error), timeoutMs);
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
    // Closing the pool fails the work that was left behind.
    work.catch(() => {});
  }
}

/** What each code of Node's sockets, postgres.js and PostgreSQL means to the person who set it up. */
const EXPLANATIONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: "connection refused: check PG_HOST and PG_PORT, and that the server runs",
  ENOTFOUND: "unknown host: check PG_HOST",
  EAI_AGAIN: "unknown host: check PG_HOST and the name service",
  EHOSTUNREACH: "host unreachable: check PG_HOST and the network",
  ETIMEDOUT: "no answer: check PG_HOST, PG_PORT and the firewall",
  CONNECT_TIMEOUT: "no answer: check PG_HOST, PG_PORT and the firewall",
  LOGIN_TIMEOUT: "no login in time: check PG_SSLMODE, and that PG_PORT is a PostgreSQL port",
  ECONNRESET: "connection reset: check PG_SSLMODE, and that PG_PORT is a PostgreSQL port",
  CONNECTION_CLOSED: "connection closed: check PG_SSLMODE, and that PG_PORT is a PostgreSQL port",
  "28P01": "wrong password: check PG_USER and PG_PASSWORD",
  "28000": "login refused: check PG_USER, PG_SSLMODE and the server's pg_hba.conf",
  "3D000": "no such database: check PG_DATABASE, or create it",
  "42501": "no right to connect: check PG_USER and PG_DATABASE",
  "53300": "too many connections: close others, or raise max_connections",
  "57P03": "the server is starting or stopping: try again in a moment",
};

function explain(error: unknown): string {
  const code = errorCode(error);
  if (code !== null && EXPLANATIONS[code]) return EXPLANATIONS[code];
  return code ?? (error instanceof Error ? error.message : String(error));
}
