import assert from "node:assert/strict";
import { callScript } from "../support/called_script.ts";
import { temporaryFolder } from "../support/folders.ts";
import { runDeno } from "../support/script.ts";
import { serverAccess, testOnServer } from "../support/warehouses.ts";
import type { Warehouse } from "../../lib/warehouse/warehouse.ts";

/** As people start it, without a right that the permission set does not give. */
const SCRIPT = ["run", "-q", "--no-prompt", "-P=pipeline", "pipeline/migrate.ts"];

/** Runs `body` with the settings of an empty database on the tests' server. */
async function withEmptyDatabase(
  { sql }: Warehouse,
  body: (env: Record<string, string>) => Promise<void>,
): Promise<void> {
  const database = `empty_${crypto.randomUUID().replaceAll("-", "")}`;
  await sql.unsafe(`create database ${database}`);
  try {
    await body({
      PG_HOST: serverAccess?.host ?? "",
      PG_PORT: String(serverAccess?.port),
      PG_USER: serverAccess?.user ?? "",
      PG_PASSWORD: serverAccess?.password ?? "",
      PG_DATABASE: database,
      PG_SSLMODE: "disable",
    });
  } finally {
    await sql.unsafe(`drop database ${database} with (force)`);
  }
}

const FIRST = "0001_schemas.sql\n  0002_ops.sql";

testOnServer("migrate shows what is pending, rehearses it, applies it once", async (warehouse) => {
  await withEmptyDatabase(warehouse, async (env) => {
    const dry = await runDeno([...SCRIPT, "--dry-run"], env);
    const applied = await runDeno(SCRIPT, env);
    const again = await callScript("pipeline/migrate.ts", [], env);

    for (const { code, stderr } of [dry, applied, again]) assert.deepEqual([code, stderr], [0, ""]);
    const heading = `Warehouse: PostgreSQL at ${env.PG_HOST}:${env.PG_PORT}/${env.PG_DATABASE}\n`;
    assert.ok(dry.stdout.startsWith(`${heading}Pending:\n  ${FIRST}\n`), dry.stdout);
    assert.match(dry.stdout, /\nDry run: (\d+) would be applied, none was\n$/);
    assert.ok(applied.stdout.startsWith(`${heading}Pending:\n  ${FIRST}\n`), applied.stdout);
    assert.match(applied.stdout, /\nApplied: (\d+) of \1\n$/);
    assert.equal(again.stdout, `${heading}Nothing is pending\n`);
  });
});

Deno.test("migrate makes the embedded warehouse", async () => {
  await using folder = await temporaryFolder();
  const applied = await callScript("pipeline/migrate.ts", [], { DATA_DIR: folder.path });
  const again = await callScript("pipeline/migrate.ts", [], { DATA_DIR: folder.path });

  assert.deepEqual([applied.code, applied.stderr], [0, ""]);
  assert.match(applied.stdout, /\nApplied: (\d+) of \1\n$/);
  assert.equal(again.stdout, `Warehouse: folder ${folder.path}/warehouse\nNothing is pending\n`);
});

Deno.test("migrate refuses what it does not know", async () => {
  const { code, stderr } = await callScript("pipeline/migrate.ts", ["--dry-rum"]);
  assert.equal(code, 2);
  assert.equal(
    stderr,
    "error: unknown option '--dry-rum'\n(Did you mean --dry-run?)\n(--help lists what there is)\n",
  );
});
