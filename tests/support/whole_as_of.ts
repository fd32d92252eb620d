import type { Warehouse } from "../../lib/warehouse/warehouse.ts";

/** The functions of an earlier state that were first written to work everything out from bookings and cars. */
const FUNCTIONS = [
  "fleet_usage_at",
  "unattributed_at",
  "fleet_utilisation_at",
  "revenue_day_at",
  "revenue_month_at",
];

/**
 * Makes the schema `whole` with those functions as the migration has them that made them: what works an earlier state
 * out from what changed since must say the same.
 */
export async function makeWholeAsOf({ sql }: Warehouse): Promise<void> {
  const migration = await Deno.readTextFile("sql/migrations/0023_money_and_fleet_marts.sql");
  const whole = FUNCTIONS.map((name) => {
    const [text] = new RegExp(`create function dds\\.${name}\\([^]*?\\n\\$\\$;`).exec(migration) ??
      [];
    if (text === undefined) throw new Error(`Cannot find dds.${name} in migration 0023`);
    return text;
  }).join("\n").replaceAll(new RegExp(`\\bdds\\.(${FUNCTIONS.join("|")})\\(`, "g"), "whole.$1(");
  await sql.unsafe(`drop schema if exists whole cascade; create schema whole; ${whole}`);
}
