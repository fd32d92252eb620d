import postgres from "postgres";
import { openServer } from "../../lib/warehouse/open.ts";
import type { Warehouse } from "../../lib/warehouse/warehouse.ts";
import type { TestServer } from "./postgres_server.ts";

/** Runs `body` on an empty database of a server that the test may restart; it is dropped afterwards. */
export async function withEmptyDatabase(
  { access }: TestServer,
  body: (warehouse: Warehouse) => Promise<void>,
): Promise<void> {
  const database = `test_${crypto.randomUUID().replaceAll("-", "")}`;
  const { user: username, ...place } = access;
  const admin = postgres({ ...place, username, database: "postgres", max: 1, onnotice: () => {} });
  try {
    await admin.unsafe(`create database ${database}`);
    {
      await using warehouse = await openServer({ ...access, database, sslmode: "disable" });
      await body(warehouse);
    }
    await admin.unsafe(`drop database ${database} with (force)`);
  } finally {
    await admin.end();
  }
}
