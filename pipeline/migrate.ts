// Reads:  sql/migrations, ops.schema_migration
// Writes: the tables of every layer, as far as migrations are pending
// When:   by hand or by a release, before a new version runs; every run does the same by itself
// Try:    deno task migrate --dry-run
import { readConfig } from "../lib/config.ts";
import { configureLogging } from "../lib/log/logging.ts";
import { createCommand, runMain } from "../lib/script/command.ts";
import { requireDataDir } from "../lib/script/data_dir.ts";
import { EXIT_CODE } from "../lib/script/exit_code.ts";
import { listPending, migrate, rehearseMigrations } from "../lib/warehouse/migrations.ts";
import { openWarehouse } from "../lib/warehouse/open.ts";
import { grantRoles } from "../lib/warehouse/roles.ts";

/** Shows what is pending and applies it, or with --dry-run tries it and rolls it back. */
export async function main(args: readonly string[]): Promise<number> {
  const { dryRun } = createCommand("migrate", "Brings the warehouse to this program's version", [
    "deno task migrate --dry-run",
    "deno task migrate",
  ])
    .option("--dry-run", "apply what is pending in a transaction that is rolled back")
    .parse(args, { from: "user" })
    .opts<{ readonly dryRun?: boolean }>();
  const config = readConfig(undefined, { amo: false });
  requireDataDir(config.dataDir);
  await configureLogging({ ...config, logLevel: "warning" });
  await using warehouse = await openWarehouse(config);
  console.log(`Warehouse: ${warehouse.description}`);
  const pending = await listPending(warehouse);
  if (pending.length === 0) {
    console.log("Nothing is pending");
    // Roles that an administrator has made since get their rights.
    if (!dryRun) await grantRoles(warehouse);
    return EXIT_CODE.done;
  }
  console.log(["Pending:", ...pending].join("\n  "));
  const done = dryRun ? await rehearseMigrations(warehouse) : await migrate(warehouse);
  console.log(
    dryRun
      ? `Dry run: ${done.length} would be applied, none was`
      : `Applied: ${done.length} of ${pending.length}`,
  );
  return EXIT_CODE.done;
}

if (import.meta.main) await runMain(() => main(Deno.args));
