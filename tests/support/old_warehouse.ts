import { join } from "node:path";
import { migrate } from "../../lib/warehouse/migrations.ts";
import { SQL_DIR } from "../../lib/warehouse/sql_file.ts";
import type { Warehouse } from "../../lib/warehouse/warehouse.ts";
import { temporaryFolder } from "./folders.ts";

/** Applies the migrations up to a number, as a program of then did. */
export async function migrateTo(warehouse: Warehouse, last: number): Promise<void> {
  await using folder = await temporaryFolder();
  for await (const { name } of Deno.readDir(join(SQL_DIR, "migrations"))) {
    if (Number(name.slice(0, 4)) > last) continue;
    await Deno.copyFile(join(SQL_DIR, "migrations", name), join(folder.path, name));
  }
  await migrate(warehouse, folder.path);
}
