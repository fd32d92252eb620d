import { join } from "node:path";
import { ConfigError } from "../../lib/config.ts";

/** The text of the file that `flag` names; throws `ConfigError` when it is not there or may not be read. */
export async function readInputFile(path: string, flag = "--file"): Promise<string> {
  try {
    return await Deno.readTextFile(locate(path));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) {
      throw new ConfigError(
        `Cannot read the file "${path}": there is none, expected one: check ${flag}`,
      );
    }
    if (!(error instanceof Deno.errors.NotCapable)) throw error;
    throw new ConfigError(
      `Cannot read the file "${path}": this program may read the folder of the project, expected a file ` +
        "in it: copy it there",
    );
  }
}

/** The folder of the files that come with the program, as people write it. */
const OWN_FOLDER = "loaders/data/";

/** A compiled program has that folder inside, wherever it is started. */
function locate(path: string): string {
  return path.startsWith(OWN_FOLDER) ? join(import.meta.dirname ?? ".", "..", "..", path) : path;
}
