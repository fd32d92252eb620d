import type { Sql } from "postgres";
import { z } from "zod";
import { type Config, ConfigError, type PgSettings } from "../config.ts";
import { connect, errorCode } from "./connection.ts";
import { chooseEncryption } from "./encryption.ts";
import { readSqlFile } from "./sql_file.ts";
import type { MemoryWarehouse } from "./embedded.ts";
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
    ssl: await chooseEncryption(pg),
    max: SERVER_POOL_SIZE,
    connect_timeout: CONNECT_TIMEOUT_S,
    idle_timeout: 60,
  });
  try {
    await refuseUnfitServer(sql, pg, loginTimeoutMs);
  } catch (error) {
    await sql.end({ timeout: 1 });
    throw error;
  }
  return {
    sql,
    kind: "server",
    description: `PostgreSQL at ${placeOf(pg)}`,
    [Symbol.asyncDispose]: () => sql.end({ timeout: 5 }),
  };
}

// Not a literal in the import below, so that `deno compile` leaves PGlite out: its 26 MB would be most of the
// binary, which is for servers.
const EMBEDDED_WAREHOUSE = new URL("./embedded.ts", import.meta.url);

/** Opens an empty embedded warehouse that leaves nothing behind. Throws `ConfigError` where there is none. */
export async function openMemoryWarehouse(): Promise<MemoryWarehouse> {
  const { openInMemory } = await importEmbedded();
  const warehouse = await openInMemory();
  log.info("Warehouse: {warehouse} ({kind})", {
    warehouse: warehouse.description,
    kind: warehouse.kind,
  });
  return warehouse;
}

async function openEmbedded(dataDir: string): Promise<Warehouse> {
  const { openEmbeddedWarehouse } = await importEmbedded();
  return await openEmbeddedWarehouse(dataDir);
}

async function importEmbedded(): Promise<typeof import("./embedded.ts")> {
  if (!isThere(EMBEDDED_WAREHOUSE)) {
    throw new ConfigError(
      "PG_HOST is missing: this build has no embedded warehouse, expected the name of a " +
        "PostgreSQL server: set PG_HOST and what .env.example says beside it",
    );
  }
  return await import(EMBEDDED_WAREHOUSE.href);
}

function isThere(file: URL): boolean {
  try {
    return Deno.statSync(file).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

function placeOf(pg: PgSettings): string {
  return `${pg.host}:${pg.port}/${pg.database}`;
}

async function refuseUnfitServer(sql: Sql, pg: PgSettings, timeoutMs: number): Promise<void> {
  const place = placeOf(pg);
  let server: Server;
  try {
    server = await withDeadline(readServer(sql), timeoutMs);
  } catch (error) {
    throw new WarehouseError(`Cannot open the warehouse at ${place}: ${explain(error, pg)}`, {
      cause: error,
    });
  }
  const version = Math.floor(server.version / 10_000);
  if (version < OLDEST_SERVER) {
    throw new WarehouseError(
      `Cannot use the warehouse at ${place}: it is PostgreSQL ${version}, ` +
        `expected ${OLDEST_SERVER} or later: upgrade the server`,
    );
  }
  if (server.encoding !== "UTF8") {
    throw new WarehouseError(
      `Cannot use the warehouse at ${place}: its encoding is ${server.encoding}, expected UTF8, which holds ` +
        "every name: make another database with create database NAME encoding 'UTF8' template template0",
    );
  }
}

const serverRow = z.object({ version: z.number(), encoding: z.string() });
type Server = z.infer<typeof serverRow>;

/** Not in a transaction, which an old server might not begin as this program does. */
async function readServer(sql: Sql): Promise<Server> {
  const [row] = await sql.unsafe(await readSqlFile("ops/read_server.sql"), []);
  return serverRow.parse(row);
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

const UNKNOWN_AUTHORITY =
  "unknown authority: the server's certificate is signed by none that is trusted here: " +
  "set PG_SSLROOTCERT to the file of the authority that signed it";

/** What is wrong with the server's certificate, by the codes of Node's TLS. */
const EXPLANATIONS_OF_TLS: Readonly<Record<string, string>> = {
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNKNOWN_AUTHORITY,
  UNABLE_TO_GET_ISSUER_CERT: UNKNOWN_AUTHORITY,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNKNOWN_AUTHORITY,
  SELF_SIGNED_CERT_IN_CHAIN: UNKNOWN_AUTHORITY,
  DEPTH_ZERO_SELF_SIGNED_CERT:
    "self-signed certificate: nobody vouches for the server: set PG_SSLROOTCERT to a copy of that certificate",
  CERT_SIGNATURE_FAILURE: UNKNOWN_AUTHORITY,
  CERT_UNTRUSTED: UNKNOWN_AUTHORITY,
  ERR_TLS_CERT_ALTNAME_INVALID:
    "the server's certificate is for another name: set PG_HOST to a name or address that the certificate has, " +
    "or PG_SSLMODE=verify-ca to trust the authority alone",
  CERT_HAS_EXPIRED: "the server's certificate has expired: renew it on the server",
  CERT_NOT_YET_VALID:
    "the server's certificate is not valid yet: check the clocks of both machines",
};

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
  ...EXPLANATIONS_OF_TLS,
  "28P01": "wrong password: check PG_USER and PG_PASSWORD",
  "28000": "login refused: check PG_USER, PG_SSLMODE and the server's pg_hba.conf",
  "3D000": "no such database: check PG_DATABASE, or create it",
  "42501": "no right to connect: check PG_USER and PG_DATABASE",
  "53300": "too many connections: close others, or raise max_connections",
  "57P03": "the server is starting or stopping: try again in a moment",
};

/** What a server that takes no TLS does when it is asked for it anyway. */
const HANG_UPS = ["ECONNRESET", "CONNECTION_CLOSED"];

function explain(error: unknown, { sslmode }: PgSettings): string {
  const code = errorCode(error);
  if (code !== null && HANG_UPS.includes(code) && !["disable", "prefer"].includes(sslmode)) {
    return "the server takes no encrypted connections: switch ssl on there, or set PG_SSLMODE=disable " +
      "where the network is trusted";
  }
  if (code !== null && EXPLANATIONS[code]) return EXPLANATIONS[code];
  return code ?? (error instanceof Error ? error.message : String(error));
}
