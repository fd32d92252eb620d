import { join } from "node:path";
import { z } from "zod";
import { type Config, ConfigError } from "../../lib/config.ts";
import { LockedError, tryLockFile } from "../../lib/file_lock.ts";
import { requireDataDir } from "../../lib/script/data_dir.ts";
import { openWarehouse } from "../../lib/warehouse/open.ts";
import { querySqlFile } from "../../lib/warehouse/sql_file.ts";

/** The folder of the demo, which nobody else uses while it is held. */
export interface DemoFolder extends Disposable {
  readonly path: string;
  /** Removes the folder when it is let go; the lock beside it goes in any case. */
  removeAtEnd: boolean;
}

/** Takes `dataDir`/demo and empties it. Throws `LockedError` while another demo runs. */
export function takeDemoFolder(dataDir: string): DemoFolder {
  requireDataDir(dataDir);
  const path = join(dataDir, "demo");
  Deno.mkdirSync(dataDir, { recursive: true });
  const lock = tryLockFile(`${path}.lock`, `${Deno.pid}\n`);
  if (!lock) {
    throw new LockedError(
      `Cannot use ${path}: another demo is running there, expected none: wait until it has finished`,
    );
  }
  removeFolder(path);
  return {
    path,
    removeAtEnd: true,
    [Symbol.dispose]() {
      if (this.removeAtEnd) removeFolder(path);
      lock.remove();
    },
  };
}

function removeFolder(path: string): void {
  try {
    Deno.removeSync(path, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

const marks = z.tuple([z.object({ has_warehouse: z.boolean(), is_demo: z.boolean() })]);

/**
 * Makes sure that the server's database is the demo's to fill: empty, or made by an earlier demo and
 * `mayReplace`. Throws `ConfigError` and changes nothing otherwise.
 */
export async function claimDemoDatabase(config: Config, mayReplace: boolean): Promise<void> {
  await using warehouse = await openWarehouse(config);
  const { sql, description } = warehouse;
  const [found] = marks.parse([...await querySqlFile(sql, "ops/find_demo_mark.sql", [])]);
  if (found.has_warehouse && !found.is_demo) {
    throw new ConfigError(
      `Cannot run the demo in ${description}: it holds a warehouse that no demo made, ` +
        "expected an empty database: set PG_DATABASE to another one, or leave PG_HOST empty",
    );
  }
  if (found.has_warehouse && !mayReplace) {
    throw new ConfigError(
      `Cannot run the demo in ${description}: it holds the warehouse of an earlier demo, ` +
        "expected an empty database: add --yes to replace it",
    );
  }
  if (found.is_demo) await querySqlFile(sql, "ops/drop_demo.sql", []);
  await querySqlFile(sql, "ops/mark_demo.sql", []);
}
