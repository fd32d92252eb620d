import type { Warehouse } from "../../lib/warehouse/warehouse.ts";

/** Empties the tables of the schemas and lets their readers begin anew; the unknown members stay. */
export async function emptySchemas({ sql }: Warehouse, schemas: readonly string[]): Promise<void> {
  const tables = await sql`
    select format('%I.%I', schemaname, tablename) as name
    from pg_tables
    where schemaname in ${sql(schemas)} and tablename <> 'dict_stage_rule'
  `;
  await sql.begin(async (tx) => {
    for (const { name } of tables) {
      const kept = { "dds.dim_car": "car_id = 0", "dds.dim_client": "client_id = 0" }[String(name)];
      await tx.unsafe(`delete from ${name}${kept ? ` where not ${kept}` : ""}`);
    }
    await tx`
      update ops.watermark
      set position = 0, settings = null, cursor_day = null
      where split_part(name, '.', 1) in ${tx(schemas)}
    `;
  });
}
