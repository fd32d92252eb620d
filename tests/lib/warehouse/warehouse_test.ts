import assert from "node:assert/strict";
import { createServer } from "node:net";
import { readConfig } from "../../../lib/config.ts";
import { openServer, openWarehouse } from "../../../lib/warehouse/open.ts";
import { WarehouseError } from "../../../lib/warehouse/warehouse.ts";
import { copyTemplate } from "../../support/embedded_template.ts";
import { temporaryFolder } from "../../support/folders.ts";
import { serverAccess, testOnServer } from "../../support/warehouses.ts";

const NOWHERE = {
  host: "127.0.0.1",
  port: 1,
  database: "rental_dw",
  user: "rental_etl",
  password: "hunter2",
  sslmode: "disable",
} as const;

/** What opening a warehouse with these settings says; fails when it opens. */
async function refusalOf(...settings: Parameters<typeof openServer>): Promise<string> {
  try {
    await using _warehouse = await openServer(...settings);
  } catch (error) {
    assert.ok(error instanceof WarehouseError);
    assert.ok(!error.message.includes("hunter2"));
    return error.message;
  }
  throw new Error("Expected a refusal, got a warehouse");
}

/** A message of PostgreSQL's protocol: its letter, its length, its content. */
function message(letter: string, ...content: (string | readonly number[])[]): number[] {
  const bytes = content.flatMap((part) =>
    typeof part === "string" ? [...new TextEncoder().encode(part), 0] : [...part]
  );
  return [letter.charCodeAt(0), ...int32(bytes.length + 4), ...bytes];
}

function int32(value: number): number[] {
  return [value >>> 24, value >>> 16, value >>> 8, value].map((byte) => byte & 255);
}

const IS_READY = message("Z", [73]);
const LOGGED_IN = [...message("R", int32(0)), ...IS_READY];

/** What a server of this version says to the one question it is asked. */
function answerOfVersion(version: string): number[] {
  const column = (name: string, type: number, size: number) => [
    name,
    [...int32(0), 0, 0, ...int32(type), size >> 8 & 255, size & 255, ...int32(-1), 0, 0],
  ];
  const value = (text: string) => [...int32(text.length), ...new TextEncoder().encode(text)];
  return [
    ...message("1"),
    ...message("t", [0, 0]),
    ...message("T", [0, 2], ...column("version", 23, 4), ...column("encoding", 25, -1)),
    ...message("2"),
    ...message("D", [0, 2], value(version), value("UTF8")),
    ...message("C", "SELECT 1"),
    ...IS_READY,
  ];
}

/** A server that gives one answer after the other; without any left it hangs up. */
async function withFakeServer(
  answers: readonly (readonly number[])[],
  body: (port: number) => Promise<void>,
) {
  const server = createServer((socket) => {
    const left = [...answers];
    socket.on("error", () => {});
    socket.on("data", () => {
      const answer = left.shift();
      if (answer) socket.write(new Uint8Array(answer));
      else socket.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  try {
    await body(typeof address === "object" ? address?.port ?? 0 : 0);
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
}

Deno.test("openServer() says what to check when no server answers", async () => {
  assert.equal(
    await refusalOf(NOWHERE),
    "Cannot open the warehouse at 127.0.0.1:1/rental_dw: connection refused: " +
      "check PG_HOST and PG_PORT, and that the server runs",
  );
});

Deno.test("openServer() says what to check when what answers hangs up", async () => {
  await withFakeServer([], async (port) => {
    assert.equal(
      await refusalOf({ ...NOWHERE, port }, 50),
      `Cannot open the warehouse at 127.0.0.1:${port}/rental_dw: no login in time: ` +
        "check PG_SSLMODE, and that PG_PORT is a PostgreSQL port",
    );
  });
});

testOnServer("openServer() says what to check when there is no such database", async () => {
  assert.ok(serverAccess);
  const { host, port } = serverAccess;
  assert.equal(
    await refusalOf({ ...serverAccess, database: "no_such_database", sslmode: "disable" }),
    `Cannot open the warehouse at ${host}:${port}/no_such_database: ` +
      "no such database: check PG_DATABASE, or create it",
  );
});

Deno.test("openServer() says what to check when the password is wrong", async () => {
  const text = 'password authentication failed for user "rental_etl"';
  const refusal = message("E", "SFATAL", "C28P01", `M${text}`, [0]);
  await withFakeServer([refusal], async (port) => {
    assert.equal(
      await refusalOf({ ...NOWHERE, port }),
      `Cannot open the warehouse at 127.0.0.1:${port}/rental_dw: wrong password: ` +
        "check PG_USER and PG_PASSWORD",
    );
  });
});

Deno.test("openServer() refuses a server that is too old", async () => {
  await withFakeServer([LOGGED_IN, answerOfVersion("140011")], async (port) => {
    assert.equal(
      await refusalOf({ ...NOWHERE, port }),
      `Cannot use the warehouse at 127.0.0.1:${port}/rental_dw: it is PostgreSQL 14, ` +
        "expected 15 or later: upgrade the server",
    );
  });
});

testOnServer("openServer() refuses a database whose encoding is not UTF8", async ({ sql }) => {
  assert.ok(serverAccess);
  const { host, port } = serverAccess;
  const database = `latin_${crypto.randomUUID().replaceAll("-", "")}`;
  await sql.unsafe(
    `create database ${database} encoding 'LATIN1' locale 'C' template template0`,
  );
  try {
    assert.equal(
      await refusalOf({ ...serverAccess, database, sslmode: "disable" }),
      `Cannot use the warehouse at ${host}:${port}/${database}: its encoding is LATIN1, expected UTF8, ` +
        "which holds every name: make another database with create database NAME encoding 'UTF8' " +
        "template template0",
    );
  } finally {
    await sql.unsafe(`drop database ${database} with (force)`);
  }
});

testOnServer("openServer() gives the types that the code counts on", async ({ sql }) => {
  const [row] = await sql`
    select
      42::bigint as small,
      9007199254740993::bigint as large,
      '2026-05-03'::date as day,
      '2026-05-03 00:00+04'::timestamptz as at,
      1.10::numeric as money,
      '{"a":1}'::jsonb as parsed,
      ${'{"b":2}'}::jsonb as sent,
      ${"2026-05-03"}::date as sent_day
  `;
  assert.deepEqual({ ...row }, {
    small: 42,
    large: 9007199254740993n,
    day: "2026-05-03",
    at: new Date("2026-05-02T20:00:00Z"),
    money: "1.10",
    parsed: { a: 1 },
    sent: { b: 2 },
    sent_day: "2026-05-03",
  });
});

Deno.test("openWarehouse() opens the embedded warehouse when there is no PG_HOST", async () => {
  await using folder = await temporaryFolder();
  await copyTemplate(folder.path);
  await using warehouse = await openWarehouse(
    readConfig({ DATA_DIR: folder.path }, { amo: false }),
  );
  assert.equal(warehouse.kind, "embedded");
  assert.equal(warehouse.description, `folder ${folder.path}/warehouse`);
});
