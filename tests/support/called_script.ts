// A script inside the test that calls it: what its process would do beside that, to start and to load the product
// anew, takes a second of processor time each, and twice that with the embedded warehouse. What only a process can
// show (rights, signals, a death, its standard input, the first start of a command) is for `runDeno`.
import { basename } from "node:path";
import process from "node:process";
import { runToExitCode } from "../../lib/script/command.ts";
import { main as demo } from "../../pipeline/demo.ts";
import { main as rental } from "../../pipeline/rental.ts";
import { type ProcessResult, scriptVariables } from "./script.ts";

const OPEN_UMASK = 0o022;

let underWay: string | null = null;

/**
 * Calls what the process of a script of pipeline/ or loaders/ runs, with these arguments and variables, and returns
 * what that would print and its exit code. One at a time: all scripts of an isolate log to the same place.
 */
export async function callScript(
  path: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<ProcessResult> {
  if (underWay !== null) {
    throw new Error(`Cannot call ${path}: ${underWay} is under way, expected none: use runDeno()`);
  }
  underWay = path;
  const captured = captureScript(scriptVariables(env));
  try {
    const code = await runToExitCode(() => callMain(path, args));
    return { code, signal: null, stdout: captured.stdout(), stderr: captured.stderr() };
  } finally {
    captured[Symbol.dispose]();
    underWay = null;
  }
}

/** By the words for it of the compiled program, which has all scripts but the demo. */
function callMain(path: string, args: readonly string[]): Promise<number> {
  const name = basename(path, ".ts");
  if (path.startsWith("loaders/")) return rental(["loader", name, ...args]);
  if (name.startsWith("daily_")) return rental(["dag", name, ...args]);
  if (name === "demo") return demo(args);
  return rental(name === "rental" ? args : [name.replaceAll("_", "-"), ...args]);
}

interface Captured extends Disposable {
  stdout(): string;
  stderr(): string;
}

/** Puts itself between the scripts of this isolate and the process, until it is disposed. */
function captureScript(variables: Readonly<Record<string, string>>): Captured {
  const [stdout, stderr] = [createStream(), createStream()];
  const undo = [
    replace(Deno.env, { get: (name: string) => variables[name] }),
    // It is the whole process's, in which other tests run side by side.
    replace(Deno, { umask: () => OPEN_UMASK }),
    replace(Deno.stdout, { isTerminal: () => false }),
    replace(Deno.stderr, { isTerminal: () => false, writeSync: stderr.writeBytes }),
    replace(console, { log: stdout.writeLine, error: stderr.writeLine }),
    // Of commander, which is written for Node.
    replace(process.stdout, { write: stdout.write }),
    replace(process.stderr, { write: stderr.write }),
  ];
  return {
    stdout: stdout.text,
    stderr: stderr.text,
    [Symbol.dispose]: () => {
      for (const putBack of undo) putBack();
    },
  };
}

function createStream() {
  const decoder = new TextDecoder();
  let written = "";
  return {
    write: (text: string) => {
      written += text;
      return true;
    },
    writeLine: (...values: readonly unknown[]) => {
      written += `${values.map(String).join(" ")}\n`;
    },
    writeBytes: (bytes: Uint8Array) => {
      written += decoder.decode(bytes, { stream: true });
      return bytes.length;
    },
    text: () => written,
  };
}

/** Replaces methods of an object, and returns what puts them back. */
function replace<T extends object>(target: T, methods: Partial<T>): () => void {
  const before = Object.keys(methods).map((name) =>
    [name, Object.getOwnPropertyDescriptor(target, name)] as const
  );
  Object.assign(target, methods);
  return () => {
    for (const [name, descriptor] of before) {
      if (descriptor) Object.defineProperty(target, name, descriptor);
      else Reflect.deleteProperty(target, name);
    }
  };
}
