import type { LoggedRequest } from "../../lib/sandbox/request_log.ts";
import { type ServedSandbox, serveSandbox } from "../../lib/sandbox/server.ts";
import type { SwitchChanges } from "../../lib/sandbox/account/switches.ts";
import { temporaryFolder } from "./folders.ts";
import { at, readAnswer } from "./sandbox_calls.ts";
import { callScript } from "./called_script.ts";
import { denoCommand, killAtLine, type ProcessResult } from "./script.ts";

type Env = Readonly<Record<string, string>>;

/** An account on loopback, and loaders as processes of their own. */
export interface LoaderProcess {
  readonly sandbox: ServedSandbox;
  /** DATA_DIR of the loaders. */
  readonly folder: string;
  /** Runs `loaders/<name>.ts` to its end, inside the test (`callScript`). */
  run(name: string, args?: readonly string[], env?: Env): Promise<ProcessResult>;
  /** The same as a process in the rights of its task, with a text on its standard input. */
  pipe(name: string, args: readonly string[], input: string): Promise<ProcessResult>;
  /** The same as a process of its own, not yet started. */
  command(name: string, args?: readonly string[], env?: Env): Deno.Command;
  /** The same, and it has to end well; returns what it printed, without the first line. */
  runWell(name: string, args?: readonly string[], env?: Env): Promise<string>;
  /** Kills it, without any chance to clean up, after so many lines of its log, at level debug. */
  kill(name: string, args: readonly string[], line: number): Promise<void>;
  /** The body of an answer to a request of the test; it must be a good one. */
  call(method: string, path: string, body?: unknown): Promise<unknown>;
  /** All rows of a list that fits on one page. */
  list(path: string, collection: string): Promise<readonly object[]>;
  /** "POST /api/v4/leads" of each request that was to change something, and forgets all so far. */
  takeWrites(): string[];
}

const NOW = "2026-05-03T04:00:00+04:00";

/** Serves a fresh account whose clock stands still, without a rate limit. */
export async function withFreshAccount(
  body: (loaders: LoaderProcess) => Promise<void>,
  switches: SwitchChanges = {},
): Promise<void> {
  await using folder = await temporaryFolder();
  await using sandbox = serveSandbox({
    start: NOW,
    switches: { requestsPerSecond: null, ...switches },
  });
  sandbox.clock.freeze();
  await body(toLoaders(sandbox, folder.path));
}

function toLoaders(sandbox: ServedSandbox, folder: string): LoaderProcess {
  const env = {
    AMO_BASE_URL: sandbox.url,
    AMO_TOKEN: sandbox.token,
    AMO_RPS: "50",
    DATA_DIR: folder,
  };
  const run: LoaderProcess["run"] = (name, more = [], extra = {}) =>
    callScript(`loaders/${name}.ts`, more, { ...env, ...extra });
  const command: LoaderProcess["command"] = (name, more = [], extra = {}) =>
    denoCommand(["run", "-q", "-A", `loaders/${name}.ts`, ...more], { ...env, ...extra });
  const pipe: LoaderProcess["pipe"] = async (name, more, input) => {
    const rights = ["run", "-q", "--no-prompt", "-P=loaders", `loaders/${name}.ts`, ...more];
    const own = { ...env, DATA_DIR: ".data" };
    const child = denoCommand(rights, own, undefined, "piped").spawn();
    const output = child.output();
    const writer = child.stdin.getWriter();
    await writer.write(new TextEncoder().encode(input));
    await writer.close();
    const { code, signal, stdout, stderr } = await output;
    const decoder = new TextDecoder();
    return { code, signal, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
  };
  const call = async (method: string, path: string, body?: unknown) => {
    const init = body === undefined ? {} : { body: JSON.stringify(body) };
    const headers = { authorization: `Bearer ${sandbox.token}` };
    const answer = await readAnswer(await fetch(sandbox.url + path, { method, headers, ...init }));
    if (answer.status < 300) return answer.body;
    throw new Error(`${method} ${path} answered ${answer.status}: ${JSON.stringify(answer.body)}`);
  };
  return {
    sandbox,
    folder,
    run,
    command,
    pipe,
    call,
    async runWell(name, more, extra) {
      const { code, stdout, stderr } = await run(name, more, extra);
      if (code !== 0) throw new Error(`${name} ended with ${code}: ${stdout}${stderr}`);
      return stdout.slice(stdout.indexOf("\n") + 1);
    },
    kill: (name, more, line) => killAtLine(command(name, more, { LOG_LEVEL: "debug" }), line),
    async list(path, collection) {
      const rows = at(await call("GET", path), "_embedded", collection);
      return Array.isArray(rows) ? rows : [];
    },
    takeWrites() {
      const writes = sandbox.requests.list().filter(({ method }) => method !== "GET");
      sandbox.requests.clear();
      return writes.map(({ method, path }: LoggedRequest) => `${method} ${path}`);
    },
  };
}

/** Some columns of rows, as lists: what a test compares. */
export function pick(rows: readonly object[], ...keys: readonly string[]): unknown[][] {
  return rows.map((row) => keys.map((key) => at(row, key)));
}
