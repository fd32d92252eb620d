import { join } from "node:path";
import postgres from "postgres";
import { findFolderInMemory, LARGE_PAGES } from "./fast_memory.ts";
import { takeFreePort } from "./free_port.ts";

/** How tests reach a PostgreSQL server on which they may create databases. */
export interface ServerAccess {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
}

/** PEM texts. */
export interface ServerCertificate {
  readonly cert: string;
  readonly key: string;
}

/** A PostgreSQL of the tests' own on loopback, in a temporary folder. */
export interface TestServer extends AsyncDisposable {
  readonly access: ServerAccess;
  readonly version: string;
  /** Stops the server at once, as a crash does, and starts it again on the same port, with this certificate. */
  restart(certificate?: ServerCertificate): Promise<void>;
}

const SPEED_OVER_SAFETY = [
  ...["fsync=off", "synchronous_commit=off", "full_page_writes=off"],
  // Tables of tests are small; a plan that looks large would be compiled for longer than it runs.
  "jit=off",
];

/** The server that `TEST_PG_*` names; null when none does. */
export function readServerAccess(): ServerAccess | null {
  const host = Deno.env.get("TEST_PG_HOST");
  if (!host) return null;
  return {
    host,
    port: Number(Deno.env.get("TEST_PG_PORT") ?? 5432),
    user: Deno.env.get("TEST_PG_USER") ?? "postgres",
    password: Deno.env.get("TEST_PG_PASSWORD") ?? "",
  };
}

/**
 * Starts a server with the programs of `programs`; dispose it to stop it and remove its files. A durable one
 * keeps every commit through `restart`, which costs time. One with a certificate takes TLS and plain connections.
 */
export async function startPostgresServer(
  programs: string,
  { isDurable = false, certificate }: {
    readonly isDurable?: boolean;
    readonly certificate?: ServerCertificate;
  } = {},
): Promise<TestServer> {
  const dir = isDurable ? null : await findFolderInMemory();
  const folder = await Deno.makeTempDir({ prefix: "rental_test_pg_", ...(dir ? { dir } : {}) });
  const owner = await findOwner();
  const access = {
    host: "127.0.0.1",
    port: takeFreePort(),
    user: "postgres",
    password: "test secret",
  };
  await Deno.writeTextFile(join(folder, "password"), access.password);
  if (owner) {
    await Deno.chown(folder, owner.uid, owner.gid);
    await Deno.chown(join(folder, "password"), owner.uid, owner.gid);
  }
  await runAs(owner, join(programs, "initdb"), [
    ...["-D", join(folder, "data"), "-U", access.user, "--pwfile", join(folder, "password")],
    ...["-A", "scram-sha-256", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"],
  ]);
  const settings = [
    ...(isDurable ? [] : SPEED_OVER_SAFETY),
    "listen_addresses=127.0.0.1",
    "unix_socket_directories=",
    "max_connections=200",
    ...(certificate ? ["ssl=on"] : []),
  ];
  const install = async ({ cert, key }: ServerCertificate) => {
    for (const [name, text] of [["server.crt", cert], ["server.key", key]] as const) {
      const path = join(folder, "data", name);
      await Deno.writeTextFile(path, text, { mode: 0o600 });
      if (owner) await Deno.chown(path, owner.uid, owner.gid);
    }
  };
  if (certificate) await install(certificate);
  const start = () =>
    new Deno.Command(join(programs, "postgres"), {
      args: [
        "-D",
        join(folder, "data"),
        "-p",
        `${access.port}`,
        ...settings.flatMap((s) => ["-c", s]),
      ],
      stdout: "null",
      stderr: "null",
      cwd: folder,
      env: LARGE_PAGES,
      ...owner,
    }).spawn();
  let process = start();
  const version = await waitForServer(access);
  return {
    access,
    version,
    restart: async (other) => {
      // SIGQUIT is PostgreSQL's immediate shutdown: it writes nothing more, and recovers at its start.
      process.kill("SIGQUIT");
      await process.status;
      if (other) await install(other);
      process = start();
      await waitForServer(access);
    },
    [Symbol.asyncDispose]: async () => {
      // SIGINT is PostgreSQL's fast shutdown: it does not wait for clients.
      process.kill("SIGINT");
      await process.status;
      await Deno.remove(folder, { recursive: true });
    },
  };
}

/** initdb refuses to run as root, so root runs the server as somebody else. */
async function findOwner(): Promise<{ uid: number; gid: number } | null> {
  if (Deno.uid() !== 0) return null;
  for (const name of ["postgres", "nobody"]) {
    const uid = await askId("-u", name);
    const gid = await askId("-g", name);
    if (uid !== null && gid !== null) return { uid, gid };
  }
  throw new Error("Cannot start PostgreSQL as root: found no user postgres or nobody to run it as");
}

async function askId(option: string, name: string): Promise<number | null> {
  const answer = await new Deno.Command("id", { args: [option, name], stderr: "null" }).output();
  return answer.success ? Number(new TextDecoder().decode(answer.stdout)) : null;
}

async function runAs(
  owner: { uid: number; gid: number } | null,
  program: string,
  args: string[],
): Promise<void> {
  const answer = await new Deno.Command(program, { args, cwd: "/", ...owner }).output();
  if (answer.success) return;
  throw new Error(`Cannot run ${program}: ${new TextDecoder().decode(answer.stderr)}`);
}

async function waitForServer(access: ServerAccess): Promise<string> {
  const deadline = Date.now() + 30_000;
  while (true) {
    const sql = postgres({ ...access, username: access.user, database: "postgres", max: 1 });
    try {
      const [row] = await sql`select current_setting('server_version') as version`;
      return String(row?.version);
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    } finally {
      await sql.end({ timeout: 1 });
    }
  }
}
