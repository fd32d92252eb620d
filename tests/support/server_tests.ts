import { join, relative } from "node:path";
import { PROJECT_DIR } from "./script.ts";

/** Tests of what depends most on the server: migrations, merges, and a whole day from the CRM to the facts. */
const FILES = [
  "daily_build_dds_dim_test.ts",
  "daily_build_dds_fact_test.ts",
  "daily_build_dict_status_leads_test.ts",
  "daily_load_ods_cars_test.ts",
  "daily_load_ods_clients_test.ts",
  "daily_load_ods_leads_test.ts",
  "daily_test.ts",
  "dds_merge_property_test.ts",
  "merge_fact_fleet_usage_day_test.ts",
  "merge_fact_lead_status_change_test.ts",
  "merge_fact_rentals_test.ts",
  "migrations_test.ts",
  "ods_merge_property_test.ts",
];

/** Their paths from the project's folder. Throws when one is not there. */
export async function findServerTests(): Promise<string[]> {
  const paths = await listFiles(join(PROJECT_DIR, "tests"));
  return FILES.map((name) => {
    const path = paths.find((one) => one.endsWith(`/${name}`));
    if (path) return relative(PROJECT_DIR, path);
    throw new Error(`Cannot find ${name} in tests/, which tests/support/server_tests.ts lists`);
  });
}

async function listFiles(folder: string): Promise<string[]> {
  const entries = await Array.fromAsync(Deno.readDir(folder));
  const found = await Promise.all(
    entries.map(({ name, isDirectory }) =>
      isDirectory ? listFiles(join(folder, name)) : [join(folder, name)]
    ),
  );
  return found.flat();
}
