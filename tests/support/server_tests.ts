/** Tests of what depends most on the server: migrations, merges, and a whole day from the CRM to the facts. */
export const SERVER_TESTS: readonly string[] = [
  "tests/lib/warehouse/migrations_test.ts",
  "tests/lib/warehouse/session_test.ts",
  "tests/pipeline/daily_build_dds_dim_test.ts",
  "tests/pipeline/daily_build_dds_fact_test.ts",
  "tests/pipeline/daily_build_dict_status_leads_test.ts",
  "tests/pipeline/daily_load_ods_cars_test.ts",
  "tests/pipeline/daily_load_ods_clients_test.ts",
  "tests/pipeline/daily_load_ods_leads_test.ts",
  "tests/pipeline/daily_test.ts",
  "tests/sql/dds",
  "tests/sql/ods",
];
