import { ConfigError } from "../config.ts";
import { closeToOthers } from "../private_files.ts";

/**
 * Closes `dataDir` to other users of the machine; every script calls this before it writes there.
 *
 * Throws `ConfigError` when this process may not read and write below `dataDir`: the permission set of the
 * tasks covers `.data` of the project alone. `script` is what the user has started, with its permissions.
 */
export function requireDataDir(
  dataDir: string,
  permissionSet = "-P=pipeline",
  script = "pipeline/daily.ts",
): void {
  const isAllowed = (["read", "write"] as const).every((name) =>
    Deno.permissions.querySync({ name, path: dataDir }).state === "granted"
  );
  if (isAllowed) return closeToOthers(dataDir);
  throw new ConfigError(
    `Cannot use DATA_DIR "${dataDir}": this program may not read and write there, expected a folder ` +
      `below .data: or start it with deno run -q --no-prompt ${permissionSet} ` +
      `--allow-read=.,${dataDir} --allow-write=${dataDir} ${script}`,
  );
}
