import { ConfigError } from "../config.ts";

/** The text of the file that `flag` names; throws `ConfigError` when it is not there or may not be read. */
export async function readInputFile(path: string, flag = "--file"): Promise<string> {
  try {
    return await Deno.readTextFile(path);
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
