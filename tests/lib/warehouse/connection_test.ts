import assert from "node:assert/strict";
import { Socket } from "node:net";
import { connect, errorCode } from "../../../lib/warehouse/connection.ts";
import { takeFreePort } from "../../support/free_port.ts";
import { serverAccess, testOnBothWarehouses, testOnServer } from "../../support/warehouses.ts";

testOnServer("a transaction refuses queries when its connection was cut", async (warehouse) => {
  await using sql = open(String(warehouse.sql.options.database));
  const isOver = Promise.withResolvers<void>();
  const refused = Promise.withResolvers<void>();

  const transaction = sql.begin(async (tx) => {
    const [row] = await tx`select pg_backend_pid() as pid`;
    await warehouse.sql`select pg_terminate_backend(${Number(row?.pid)})`;
    await isOver.promise;
    // Without the refusal this would end the process, one turn of the event loop later.
    for (const query of [() => tx`select 1`, () => tx.unsafe("select 1")]) {
      assert.throws(query, (error) => errorCode(error) === "CONNECTION_CLOSED");
    }
    refused.resolve();
  });
  transaction.catch(() => isOver.resolve());

  await assert.rejects(transaction, (error) => errorCode(error) === "CONNECTION_CLOSED");
  await refused.promise;
  const [row] = await sql`select 2 as two`;
  assert.equal(row?.two, 2);
});

testOnBothWarehouses("a pool gives numbers, exact money, days and moments", async ({ sql }) => {
  const [row] = await sql`
    select
      9007199254740991::bigint as whole, 9007199254740993::bigint as huge, 0.10::numeric as money,
      date '2026-05-03' as day, timestamptz '2026-05-03T04:00:00+04' as moment, '{"a":1}'::jsonb as json
  `;
  assert.deepEqual({ ...row }, {
    whole: 9007199254740991,
    huge: 9007199254740993n,
    money: "0.10",
    day: "2026-05-03",
    moment: new Date("2026-05-03T00:00:00Z"),
    json: { a: 1 },
  });
});

testOnServer("a connection sends at once what it is given", async (warehouse) => {
  const { setNoDelay } = Socket.prototype;
  const asked: (boolean | undefined)[] = [];
  Socket.prototype.setNoDelay = function (noDelay) {
    asked.push(noDelay);
    return setNoDelay.call(this, noDelay);
  };
  try {
    await using sql = open(String(warehouse.sql.options.database));
    await sql`select 1`;
  } finally {
    Socket.prototype.setNoDelay = setNoDelay;
  }
  assert.deepEqual(asked, [true]);
});

testOnServer("a pool turns to the next of several servers when one refuses", async (warehouse) => {
  const { host = "", port = 0 } = serverAccess ?? {};
  // Nobody listens there: the port was free a moment ago.
  await using sql = open(String(warehouse.sql.options.database), {
    host: `${host}:${takeFreePort()},${host}:${port}`,
  });
  const [row] = await sql`select 2 as two`;
  assert.equal(row?.two, 2);
});

function open(database: string, more: { readonly host?: string } = {}) {
  const { host, port, user, password } = serverAccess ??
    { host: "", port: 0, user: "", password: "" };
  const sql = connect({
    host,
    port,
    database,
    username: user,
    password,
    ssl: false,
    max: 1,
    ...more,
  });
  return Object.assign(sql, { [Symbol.asyncDispose]: () => sql.end({ timeout: 1 }) });
}
