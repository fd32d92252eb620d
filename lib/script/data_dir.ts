import { ConfigError } from "../config.ts";
import { closeToOthers } from "../warehouse/private_files.ts";

/** What is started with which permissions, for messages that say how to start it with more. */
export interface Started {
  readonly set: "pipeline" | "loaders";
  readonly script: string;
}

const DAILY: Started = { set: "pipeline", script: "pipeline/daily.ts" };

/**
 * Closes `dataDir` to other users of the machine; every script calls this before it writes there.
 *
 * Throws `ConfigError` when this process may not read and write below `dataDir`: the permission set of the
 * tasks covers `.data` of the project alone. `started` is what the user has started, with its permissions.
 */
export function requireDataDir(dataDir: string, started: Started = DAILY): void {
  const isAllowed = (["read", "write"] as const).every((name) =>
    Deno.permissions.querySync({ name, path: dataDir }).state === "granted"
  );
  if (isAllowed) return closeToOthers(dataDir);
  throw new ConfigError(
    `Cannot use DATA_DIR "${dataDir}": this program may not read and write there, expected a folder ` +
      `below .data: or start it with ${commandFor(dataDir, started)}`,
  );
}

/** A list on the command line takes the place of that of the set, so it repeats what the set has. */
function commandFor(folder: string, { set, script }: Started): string {
  const rights = set === "loaders"
    ? `--allow-write=.data,${folder}`
    : `--allow-read=.,${folder} --allow-write=.data,logs,${folder}`;
  return `deno run -q --no-prompt -P=${set} ${rights} ${script} (docs/permissions.md)`;
}
