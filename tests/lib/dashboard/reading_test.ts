import assert from "node:assert/strict";
import postgres from "postgres";
import { connect } from "../../../lib/warehouse/connection.ts";
import type { Page } from "../../../lib/dashboard/page/page.ts";
import { querySqlFile } from "../../../lib/warehouse/sql_file.ts";
import type { Warehouse } from "../../../lib/warehouse/warehouse.ts";
import { CRM_TABLE, serveTestSite, testPage } from "../../support/site.tsx";
import {
  serverAccess,
  testOnBothWarehouses,
  testOnServer,
  withEmbedded,
} from "../../support/warehouses.ts";

const text = (html: string) => html.replaceAll(/<[^>]*>/g, " ").replaceAll(/\s+/g, " ");

const says = async (url: string) => {
  const answer = await fetch(url);
  return [answer.status, text(await answer.text())] as const;
};

/** Shows whom a page reads as, and whether it may read the clients as they landed. */
function rolePage(path: string, reads: Page["reads"]): Page {
  return testPage(path, async ({ sql }) => {
    const [row] = await sql`
      select
        current_user as role,
        current_setting('transaction_read_only') as is_read_only,
        current_setting('transaction_isolation') as isolation,
        has_table_privilege(pg_class.oid, 'select') as reads_clients
      from pg_class
      where pg_class.relname = 'stg_clients'
    `;
    return { title: JSON.stringify(row) };
  }, { reads });
}

const rolePages = [rolePage("/", "business"), rolePage("/data", "everything")];

testOnBothWarehouses(
  "pages read as their roles, in one transaction that only reads",
  async (warehouse) => {
    await using site = serveTestSite(warehouse, rolePages);
    const title = async (path: string) =>
      /<title>(.*) – /.exec(await (await fetch(site.url + path)).text())?.[1]
        ?.replaceAll("&quot;", '"');
    assert.equal(
      await title("/"),
      '{"role":"rental_bi","is_read_only":"on","isolation":"repeatable read","reads_clients":false}',
    );
    assert.equal(
      await title("/data"),
      '{"role":"rental_look","is_read_only":"on","isolation":"repeatable read","reads_clients":true}',
    );
  },
);

testOnBothWarehouses("a business page cannot read stg, and none can write", async (warehouse) => {
  const asks = (path: string, statement: string, reads: Page["reads"]) =>
    testPage(path, async ({ sql }) => {
      await sql.unsafe(statement);
      return {};
    }, { reads });
  await using site = serveTestSite(warehouse, [
    asks("/", "select from stg.stg_clients", "business"),
    asks("/history", "select from stg.stg_clients", "everything"),
    asks("/fleet", "delete from dds.dim_car", "business"),
    asks("/data", "update ops.watermark set position = 0", "everything"),
  ]);
  const status = async (path: string) => (await says(site.url + path))[0];
  assert.deepEqual(
    [await status("/"), await status("/history"), await status("/fleet"), await status("/data")],
    [503, 200, 500, 500],
  );
});

/** Opens the same database as a login of its own, which is dropped afterwards. */
async function withLogin(
  { sql }: Warehouse,
  body: (login: string, warehouse: Warehouse) => Promise<void>,
): Promise<void> {
  assert.ok(serverAccess);
  const login = `login_${crypto.randomUUID().slice(0, 8)}`;
  const [row] = await sql`select current_database() as name`;
  await sql.unsafe(`create role ${login} login password 'login'`);
  const { host, port } = serverAccess;
  const own = connect({
    ...{ host, port, database: String(row?.name), username: login, password: "login" },
    ...{ ssl: false, max: 2 },
  });
  try {
    await body(login, {
      sql: own,
      kind: "server",
      description: "",
      [Symbol.asyncDispose]: () => own.end(),
    });
  } finally {
    await own.end();
    await sql.unsafe(`drop owned by ${login}; drop role ${login}`);
  }
}

testOnServer(
  "a site says which role its login may not take, and reads as the login",
  async (warehouse) => {
    await withLogin(warehouse, async (login, own) => {
      // What every page asks for: the day that the marts stand for, and the cars of its filters.
      await warehouse.sql.unsafe(
        `grant usage on schema dm, dds to ${login}; grant select on dm.build, dds.dim_car to ${login}`,
      );
      await using site = serveTestSite(own, rolePages);
      const [status, page] = await says(site.url);
      assert.equal(status, 200);
      assert.ok(page.includes(`&quot;role&quot;:&quot;${login}&quot;`), page);
      assert.ok(
        page.includes(
          "The login may not take the role rental_bi, so this page is read with its own rights. " +
            `An administrator runs grant rental_bi to &quot;${login}&quot;;`,
        ),
        page,
      );
      await warehouse.sql.unsafe(`grant rental_bi to ${login}`);
      const [, granted] = await says(site.url);
      assert.ok(granted.includes("&quot;role&quot;:&quot;rental_bi&quot;"), granted);
      assert.ok(!granted.includes("An administrator"), granted);
    });
  },
);

testOnServer("a site says the grant when its login may read nothing", async (warehouse) => {
  await withLogin(warehouse, async (_login, own) => {
    const page = testPage("/", async ({ sql }) => {
      await sql`select from dds.dim_car`;
      return {};
    });
    await using site = serveTestSite(own, [page]);
    const [status, said] = await says(site.url);
    assert.equal(status, 503);
    assert.match(said, /An administrator runs grant rental_bi, rental_look to/);
  });
});

testOnServer("a page that takes too long is cut, and says so", async (warehouse) => {
  const page = testPage("/", async ({ sql }) => {
    await sql`select pg_sleep(600)`;
    return {};
  });
  await using site = serveTestSite(warehouse, [page], {}, { statementTimeoutMs: 50 });
  const answer = await fetch(site.url);
  assert.deepEqual([answer.status, answer.headers.get("retry-after")], [503, "10"]);
  assert.match(
    text(await answer.text()),
    /The warehouse has not answered within 0\.05 s\. Try again, or ask for a shorter period\./,
  );
});

testOnServer(
  "the last good page is shown while the warehouse is away, with its time",
  async (warehouse) => {
    assert.ok(serverAccess);
    const { user: username, ...place } = serverAccess;
    const admin = postgres({
      ...place,
      username,
      database: "postgres",
      max: 1,
      onnotice: () => {},
    });
    const [{ name = "" } = {}] = await warehouse.sql<{ name: string }[]>`
    select current_database() as name
  `;
    let count = 0;
    const page = testPage("/", () => ({ title: `Answer ${++count}`, tables: [CRM_TABLE] }));
    try {
      await using site = serveTestSite(warehouse, [page]);
      assert.match((await says(site.url))[1], /Answer 1/);
      await admin.unsafe(`alter database ${name} allow_connections false`);
      await admin`select pg_terminate_backend(pid) from pg_stat_activity where datname = ${name}`;
      const [status, shown] = await says(site.url);
      assert.equal(status, 200);
      assert.match(shown, /Answer 1/);
      assert.match(
        shown,
        /This is the last good page, of \d+ \w+ \d{4}, \d\d:\d\d\. The warehouse does not answer\./,
      );
      const csv = await fetch(`${site.url}/today.csv`);
      assert.equal(csv.status, 200);
      await csv.body?.cancel();
      const [other, unknown] = await says(`${site.url}/?from=2026-05-02`);
      assert.equal(other, 503);
      assert.match(
        unknown,
        /The warehouse does not answer\. Check that its server runs, then load this page again\. Try again · To the first page/,
      );
      await admin.unsafe(`alter database ${name} allow_connections true`);
      const [back, fresh] = await says(site.url);
      assert.equal(back, 200);
      assert.match(fresh, /Answer 2/);
      assert.doesNotMatch(fresh, /last good page/);
    } finally {
      await admin.unsafe(`alter database ${name} allow_connections true`);
      await admin.end();
    }
  },
);

testOnServer("a site of another version than its warehouse says what to run", async (warehouse) => {
  const page = testPage("/", async ({ sql }) => {
    await querySqlFile(sql, "dashboard/list_notices.sql", [30]);
    return {};
  });
  await warehouse.sql`drop view dm.failed_check`;
  await using site = serveTestSite(warehouse, [page]);
  const [status, said] = await says(site.url);
  assert.equal(status, 503);
  assert.match(
    said,
    /The warehouse is older or newer than this program\. Run deno task migrate: it says which, and mends an older one\./,
  );
});

Deno.test("on the embedded warehouse a page waits for a running task, and is shown as it was meanwhile", () =>
  withEmbedded(async (warehouse) => {
    const page = testPage("/", async ({ sql }) => {
      const [row] = await sql`select count(*)::int as cars from dds.dim_car`;
      return { title: `Cars ${row?.cars}` };
    });
    const pages = [page, { ...page, path: "/fleet" }];
    await using site = serveTestSite(warehouse, pages, {}, { pageTimeoutMs: 200 });
    const before = Number(/Cars (\d+)/.exec((await says(site.url))[1])?.[1]);
    const isOpen = Promise.withResolvers<void>();
    const mayEnd = Promise.withResolvers<void>();
    const task = warehouse.sql.begin(async (tx) => {
      await tx`insert into dds.dim_car (car_id, is_deleted) values (4711, false)`;
      isOpen.resolve();
      await mayEnd.promise;
      // No page has come between: the transaction is still this task's, and may write.
      const [row] = await tx`
        select current_user as role, current_setting('transaction_read_only') as is_read_only
      `;
      return { ...row };
    });
    await isOpen.promise;
    const [status, shown] = await says(site.url);
    assert.equal(status, 200);
    assert.ok(shown.includes(`Cars ${before}`), shown);
    assert.match(
      shown,
      /This is the last good page, of \d+ \w+ \d{4}, \d\d:\d\d\. The warehouse is busy, maybe with a run/,
    );
    assert.equal((await says(`${site.url}/fleet`))[0], 503);
    mayEnd.resolve();
    assert.deepEqual(await task, { role: "postgres", is_read_only: "off" });
    assert.match((await says(site.url))[1], /Cars \d+/);
    await warehouse.sql`delete from dds.dim_car where car_id = 4711`;
  }));
