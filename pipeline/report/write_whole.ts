import { ConfigError } from "../../lib/config.ts";

/**
 * Writes a file beside its place and moves it there, so that nobody finds half of it. Throws `ConfigError` where no
 * file can be.
 */
export async function writeWhole(path: string, content: string | Uint8Array): Promise<void> {
  const unfinished = `${path}.unfinished`;
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  try {
    await Deno.writeFile(unfinished, bytes, { mode: 0o600 });
    await Deno.rename(unfinished, path);
  } catch (error) {
    await Deno.remove(unfinished).catch(() => {});
    const failure = describeFailure(error);
    throw failure === null ? error : new ConfigError(`Cannot write ${path}: ${failure}`);
  }
}

function describeFailure(error: unknown): string | null {
  if (error instanceof Deno.errors.NotFound) {
    return "its folder does not exist, expected one: create it, or choose another";
  }
  if (error instanceof Deno.errors.IsADirectory) {
    return "it is a folder, expected a file: name one in it";
  }
  if (error instanceof Deno.errors.PermissionDenied) {
    return "this user may not write there, expected leave to: choose another folder";
  }
  if (error instanceof Deno.errors.NotCapable) {
    return "this program may not write there, expected a place that it may write to: " +
      "choose a file in .data or logs";
  }
  return null;
}
