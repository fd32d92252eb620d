// Runs the tests (`deno task test`), on a PostgreSQL of their own where its programs are found.
// Arguments go on to `deno test`: a file, `--filter`. The last line is `N passed, N failed`.
// With `TEST_PG_HOST` (and `TEST_PG_PORT`, `_USER`, `_PASSWORD`) they use that server instead.
import { TEMPLATE_VARIABLE } from "./support/embedded_template.ts";
import { temporaryFolder } from "./support/folders.ts";
import {
  findPostgresPrograms,
  type ServerAccess,
  startPostgresServer,
  type TestServer,
} from "./support/postgres_server.ts";
import { readTestCounts } from "./support/test_counts.ts";

const ON_INTERRUPT: readonly Deno.Signal[] = ["SIGINT", "SIGTERM"];

/** Runs `deno test` and returns its exit code, after the server of its own was stopped. */
async function main(args: readonly string[]): Promise<number> {
  // Both reach the tests as well; this process stays to stop the server.
  const child = { kill: (_signal: Deno.Signal): void => {} };
  for (const signal of ON_INTERRUPT) Deno.addSignalListener(signal, () => child.kill(signal));
  await using server = Deno.env.get("TEST_PG_HOST") ? null : await startOwnServer();
  await using template = await temporaryFolder();
  const process = new Deno.Command(Deno.execPath(), {
    args: ["test", "-A", "--parallel", ...args],
    env: { [TEMPLATE_VARIABLE]: template.path, ...(server ? toEnv(server.access) : {}) },
    stdin: "null",
    stdout: "piped",
  }).spawn();
  child.kill = (signal) => process.kill(signal);
  const lastLines = await copyToStdout(process.stdout);
  const { code } = await process.status;
  const counts = readTestCounts(lastLines);
  console.log(counts.text);
  return code === 0 && counts.failed > 0 ? 1 : code;
}

async function startOwnServer(): Promise<TestServer | null> {
  const programs = await findPostgresPrograms();
  if (!programs) {
    console.log("No PostgreSQL programs found: the tests that need a server are skipped");
    return null;
  }
  const server = await startPostgresServer(programs);
  console.log(`PostgreSQL ${server.version} on port ${server.access.port}, for these tests alone`);
  return server;
}

function toEnv({ host, port, user, password }: ServerAccess): Record<string, string> {
  return {
    TEST_PG_HOST: host,
    TEST_PG_PORT: String(port),
    TEST_PG_USER: user,
    TEST_PG_PASSWORD: password,
  };
}

/** Shows the output as it comes and returns the end of it, which has the summary. */
async function copyToStdout(output: ReadableStream<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let tail = "";
  for await (const bytes of output) {
    tail = (tail + decoder.decode(bytes, { stream: true })).slice(-10_000);
    for (let rest = bytes; rest.length > 0;) rest = rest.subarray(Deno.stdout.writeSync(rest));
  }
  return tail;
}

if (import.meta.main) Deno.exit(await main(Deno.args));
