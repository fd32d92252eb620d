import { fileURLToPath } from "node:url";
import { VARIABLE_NAMES } from "../../lib/config.ts";
import { LARGE_PAGES } from "./fast_memory.ts";

/** What a process printed and how it ended. */
export interface ProcessResult {
  readonly code: number;
  readonly signal: Deno.Signal | null;
  readonly stdout: string;
  readonly stderr: string;
}

export const PROJECT_DIR = fileURLToPath(new URL("../..", import.meta.url));

/**
 * What a process needs of this machine to be started as Deno, to find the packages that Deno has, and to fetch those
 * that it has not: where a company looks into its own https, by the certificate that these name.
 */
const OF_THE_MACHINE = [
  ...["PATH", "HOME", "DENO_DIR", "XDG_CACHE_HOME"],
  ...["DENO_CERT", "DENO_TLS_CA_STORE", "NODE_EXTRA_CA_CERTS", "NPM_CONFIG_REGISTRY"],
];

/**
 * A Deno process in the project's folder (or another one) with exactly these variables beside those of the
 * machine: neither the settings of the machine nor colours get in.
 */
export function denoCommand(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  cwd: string = PROJECT_DIR,
  stdin: "null" | "piped" = "null",
): Deno.Command {
  return new Deno.Command(Deno.execPath(), {
    args: [...args],
    cwd,
    clearEnv: true,
    env: {
      ...readMachineVariables(),
      // Most live for seconds: to compile the PostgreSQL inside them a second time, for speed, never pays.
      DENO_V8_FLAGS: "--liftoff-only",
      ...LARGE_PAGES,
      ...scriptVariables(env),
    },
    stdin,
    stdout: "piped",
    stderr: "piped",
  });
}

/** Variables that a script sees in a test, beside those of the machine. */
export function scriptVariables(env: Readonly<Record<string, string>>): Record<string, string> {
  return {
    NO_COLOR: "1",
    // An empty variable counts as unset and wins over a developer's own .env.
    ...Object.fromEntries(VARIABLE_NAMES.map((name) => [name, ""])),
    ...env,
  };
}

/** The variables of the machine that a process gets when it is to get no other. */
export function readMachineVariables(): Record<string, string> {
  return Object.fromEntries(OF_THE_MACHINE.flatMap((name) => {
    const value = Deno.env.get(name);
    return value === undefined ? [] : [[name, value]];
  }));
}

/** Runs a Deno process to its end. */
export async function runDeno(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  cwd: string = PROJECT_DIR,
): Promise<ProcessResult> {
  const { code, signal, stdout, stderr } = await denoCommand(args, env, cwd).output();
  const decoder = new TextDecoder();
  return { code, signal, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

/** The same with `input` as its standard input. */
export async function runDenoWithInput(
  args: readonly string[],
  input: string,
  env: Readonly<Record<string, string>> = {},
): Promise<ProcessResult> {
  const child = denoCommand(args, env, PROJECT_DIR, "piped").spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(input));
  await writer.close();
  const { code, signal, stdout, stderr } = await child.output();
  const decoder = new TextDecoder();
  return { code, signal, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

/** Reads a stream until it has said `text`, and returns all it said; throws when it ends before. */
export async function readUntil(stream: ReadableStream<Uint8Array>, text: string): Promise<string> {
  const decoder = new TextDecoder();
  let said = "";
  const reader = stream.getReader();
  try {
    while (!said.includes(text)) {
      const { value, done } = await reader.read();
      if (done) throw new Error(`Expected "${text}", but the process ended after: ${said}`);
      said += decoder.decode(value, { stream: true });
    }
    return said;
  } finally {
    reader.releaseLock();
  }
}

/** Starts a process and kills it, without any chance to clean up, after so many lines of its log. */
export async function killAtLine(command: Deno.Command, line: number): Promise<void> {
  await killWhen(command, (said) => said.length > line);
}

/**
 * Starts a process and kills it, without any chance to clean up, as soon as `isTime` says so of the lines of its log.
 * Returns these lines, of which the last one is not whole yet. On a busy machine it may have ended before it is killed.
 */
export async function killWhen(
  command: Deno.Command,
  isTime: (said: readonly string[]) => boolean,
): Promise<readonly string[]> {
  const process = command.spawn();
  const output = process.stdout.cancel();
  let said = "";
  for await (const text of process.stderr.pipeThrough(new TextDecoderStream())) {
    said += text;
    if (isTime(said.split("\n"))) break;
  }
  endQuietly(process);
  await process.status;
  await output;
  return said.split("\n");
}

/** Kills a process, which may have come to its end by itself. */
export function endQuietly(process: Deno.ChildProcess): void {
  try {
    process.kill("SIGKILL");
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
  }
}

/** Asks a process of which nothing more is to be read to end, and returns its exit code. */
export async function endProcess(process: Deno.ChildProcess): Promise<number> {
  process.kill("SIGTERM");
  const [{ code }] = await Promise.all([
    process.status,
    process.stdout.cancel(),
    process.stderr.cancel(),
  ]);
  return code;
}
