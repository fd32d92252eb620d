import { join } from "node:path";
import { ConfigError } from "../../lib/config.ts";
import { decodeUtf8, NotUtf8Error } from "./utf8_text.ts";

/** How `--file` and its kin name standard input. */
export const STANDARD_INPUT = "-";

/**
 * The text of the file that `flag` names, "-" for standard input. Throws `ConfigError` when it is not there or
 * may not be read, and an error that says how to save it when it is not in UTF-8.
 */
export async function readInputFile(path: string, flag = "--file"): Promise<string> {
  const bytes = await readInputBytes(path, flag);
  try {
    return decodeUtf8(bytes);
  } catch (error) {
    if (!(error instanceof NotUtf8Error)) throw error;
    throw new Error(`Cannot read ${describeInput(path)}: ${error.message}`);
  }
}

/** The same before it is decoded. */
export async function readInputBytes(path: string, flag = "--file"): Promise<Uint8Array> {
  if (path === STANDARD_INPUT) return await new Response(Deno.stdin.readable).bytes();
  try {
    return await Deno.readFile(locate(path));
  } catch (error) {
    const problem = describeFailure(error, flag);
    if (problem === null) throw error;
    throw new ConfigError(`Cannot read ${describeInput(path)}: ${problem}`);
  }
}

/** How messages name an input. */
export function describeInput(path: string): string {
  return path === STANDARD_INPUT ? "standard input" : `the file "${path}"`;
}

/** Null for what is not about the file that was named. */
function describeFailure(error: unknown, flag: string): string | null {
  if (error instanceof Deno.errors.NotFound) return `there is none, expected one: check ${flag}`;
  if (error instanceof Deno.errors.IsADirectory) {
    return `it is a folder, expected a file: check ${flag}`;
  }
  if (error instanceof Deno.errors.PermissionDenied) {
    return "this user may not read it, expected leave to: change its permissions";
  }
  if (error instanceof Deno.errors.NotCapable) {
    return "this program may read the folder that it is started in, expected a file in it: copy it " +
      `there, or hand it over with ${flag} ${STANDARD_INPUT} < FILE`;
  }
  return null;
}

/** The folder of the files that come with the program, as people write it. */
const OWN_FOLDER = "loaders/data/";

/** A compiled program has that folder inside, wherever it is started. */
function locate(path: string): string {
  return path.startsWith(OWN_FOLDER) ? join(import.meta.dirname ?? ".", "..", "..", path) : path;
}
