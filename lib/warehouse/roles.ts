import { z } from "zod";
import { querySqlFile } from "./sql_file.ts";
import { log, type Warehouse } from "./warehouse.ts";

const missingRow = z.tuple([z.object({ missing_roles: z.string().nullable() })]);

/**
 * Gives the roles of the warehouse their rights; those that cannot be made are said with the SQL that makes them.
 *
 * Under the lock of the migrations: of two sessions that grant on one table at once PostgreSQL fails one.
 */
export async function grantRoles({ sql }: Warehouse): Promise<void> {
  const rows = await sql.begin(async (tx) => {
    await querySqlFile(tx, "ops/lock_migrations.sql", []);
    return await querySqlFile(tx, "ops/grant_roles.sql", []);
  });
  const [{ missing_roles: missing }] = missingRow.parse([...rows]);
  if (missing === null) return;
  const statements = missing.split(", ").map((role) => `create role ${role} nologin;`).join(" ");
  log.warn(
    "Roles that this user may not create are missing: an administrator runs {statements} and then " +
      "deno task migrate gives them their rights",
    { statements },
  );
}
