import assert from "node:assert/strict";
import postgres from "postgres";
import { grantRoles } from "../../../lib/warehouse/roles.ts";
import { testScriptsOnServer } from "../../support/daily_setup.ts";
import { serverAccess, testOnBothWarehouses, testOnServer } from "../../support/warehouses.ts";

testOnBothWarehouses("the roles of the warehouse may do what they are for", async ({ sql }) => {
  const rows = await sql`
    select
      role.name as role,
      has_table_privilege(role.name, 'dds.fact_rentals', 'select') as reads_facts,
      has_table_privilege(role.name, 'stg.stg_clients', 'select') as reads_clients,
      has_table_privilege(role.name, 'ops.run_log', 'insert') as writes_runs
    from (values ('rental_bi'), ('rental_etl'), ('rental_look')) as role (name)
    order by role.name
  `;
  assert.deepEqual(rows.map((row) => ({ ...row })), [
    { role: "rental_bi", reads_facts: true, reads_clients: false, writes_runs: false },
    { role: "rental_etl", reads_facts: true, reads_clients: true, writes_runs: true },
    { role: "rental_look", reads_facts: true, reads_clients: true, writes_runs: false },
  ]);
});

testOnServer("grantRoles() runs in several processes at once", async (warehouse) => {
  for (let round = 0; round < 5; round++) {
    await Promise.all(Array.from({ length: 6 }, () => grantRoles(warehouse)));
  }
});

const DAG = "daily_build_dict_status_leads";

testScriptsOnServer("a user without rights is told the grant that it lacks", async (setup) => {
  await setup.inspect(async ({ sql }) => {
    const user = `login_${crypto.randomUUID().slice(0, 8)}`;
    await sql.unsafe(`create role ${user} login password 'login'`);
    const env = { PG_USER: user, PG_PASSWORD: "login" };
    try {
      const refused = await setup.run(DAG, undefined, env);
      assert.equal(refused.code, 1);
      assert.match(
        refused.stderr,
        /permission denied .*\(SQLSTATE 42501\): an administrator runs grant rental_etl to "<PG_USER>"/,
      );
      await sql.unsafe(`grant rental_etl to ${user}`);
      const allowed = await setup.run(DAG, undefined, env);
      assert.equal(allowed.code, 0, allowed.stderr);
    } finally {
      await sql.unsafe(`drop role ${user}`);
    }
  });
});

testScriptsOnServer("migrate says which roles an administrator has to create", async (setup) => {
  await setup.inspect(async ({ sql }) => {
    assert.ok(serverAccess);
    const suffix = crypto.randomUUID().slice(0, 8);
    const owner = `owner_${suffix}`;
    const database = `owned_${suffix}`;
    await sql.unsafe(`create role ${owner} login password 'owner'`);
    await sql.unsafe(`create database ${database} owner ${owner}`);
    const { host, port } = serverAccess;
    const own = postgres({ host, port, database, username: owner, password: "owner", max: 1 });
    try {
      const env = { PG_USER: owner, PG_PASSWORD: "owner", PG_DATABASE: database };
      const made = await setup.run("migrate", [], env);
      assert.deepEqual([made.code, made.stderr], [0, ""]);
      // The roles are the server's and other tests need them, so this database asks for one that is not there.
      const [row] = await own`select pg_get_functiondef('ops.grant_tables'::regproc) as text`;
      await own.unsafe(String(row?.text).replaceAll("rental_look", `look_${suffix}`));
      const missing = await setup.run("migrate", [], env);
      assert.equal(missing.code, 0);
      assert.ok(
        missing.stderr.endsWith(
          "[warehouse] Roles that this user may not create are missing: an administrator runs " +
            `create role look_${suffix} nologin; and then deno task migrate gives them their rights\n`,
        ),
        missing.stderr,
      );
      await sql.unsafe(`create role look_${suffix} nologin`);
      const granted = await setup.run("migrate", [], env);
      assert.deepEqual([granted.code, granted.stderr], [0, ""]);
      const [rights] = await own`
        select has_table_privilege(${`look_${suffix}`}, 'stg.stg_leads', 'select') as reads
      `;
      assert.equal(rights?.reads, true);
    } finally {
      await own.end();
      await sql.unsafe(`drop database ${database} with (force)`);
      for (const role of [owner, `look_${suffix}`]) await sql.unsafe(`drop role if exists ${role}`);
    }
  });
});
