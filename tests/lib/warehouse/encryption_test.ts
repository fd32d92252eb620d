import assert from "node:assert/strict";
import { join } from "node:path";
import { ConfigError, type PgSettings, type SslMode } from "../../../lib/config.ts";
import { openServer } from "../../../lib/warehouse/open.ts";
import { WarehouseError } from "../../../lib/warehouse/warehouse.ts";
import { temporaryFolder } from "../../support/folders.ts";
import { findPostgresPrograms } from "../../support/postgres_programs.ts";
import { startPostgresServer } from "../../support/postgres_server.ts";
import {
  type AltName,
  createAuthority,
  createCertificate,
  signCertificate,
} from "../../support/sandbox_certificate.ts";

const programs = await findPostgresPrograms();

const NAME: AltName = { type: 2, value: "localhost" };
const ADDRESS: AltName = { type: 7, ip: "127.0.0.1" };
const OTHER_NAME: AltName = { type: 2, value: "db.example.com" };

const UNKNOWN_AUTHORITY =
  "unknown authority: the server's certificate is signed by none that is trusted here: " +
  "set PG_SSLROOTCERT to the file of the authority that signed it";
const WRONG_NAME =
  "the server's certificate is for another name: set PG_HOST to a name or address that the " +
  "certificate has, or PG_SSLMODE=verify-ca to trust the authority alone";

/** "encrypted" or "plain" when it opens, else what is wrong. */
async function open(pg: PgSettings): Promise<string> {
  try {
    await using warehouse = await openServer(pg);
    const [row] = await warehouse.sql`select ssl from pg_stat_ssl where pid = pg_backend_pid()`;
    return row?.ssl ? "encrypted" : "plain";
  } catch (error) {
    assert.ok(error instanceof WarehouseError || error instanceof ConfigError, String(error));
    return error.message
      .replace(`Cannot open the warehouse at ${pg.host}:${pg.port}/postgres: `, "");
  }
}

Deno.test({
  name: "openServer() verifies the certificate of a server as PG_SSLMODE says",
  ignore: programs === null,
  fn: async (t) => {
    await using folder = await temporaryFolder();
    const authority = await createAuthority();
    const known = join(folder.path, "authority.pem");
    const unknown = join(folder.path, "unknown.pem");
    await Deno.writeTextFile(known, authority.cert);
    await Deno.writeTextFile(unknown, (await createCertificate()).authority);
    await using server = await startPostgresServer(programs ?? "", {
      certificate: await signCertificate(authority, [NAME]),
    });
    const { port, user, password } = server.access;
    const ask = (host: string, sslmode: SslMode, sslrootcert?: string) =>
      open({
        ...{ host, port, user, password, database: "postgres", sslmode },
        ...(sslrootcert === undefined ? {} : { sslrootcert }),
      });

    await t.step("a certificate for a name", async () => {
      assert.equal(await ask("localhost", "verify-full", known), "encrypted");
      assert.equal(await ask("127.0.0.1", "verify-full", known), WRONG_NAME);
      assert.equal(await ask("127.0.0.1", "verify-ca", known), "encrypted");
      assert.equal(await ask("localhost", "verify-full", unknown), UNKNOWN_AUTHORITY);
      assert.equal(await ask("localhost", "verify-ca", unknown), UNKNOWN_AUTHORITY);
      assert.equal(await ask("localhost", "verify-full"), UNKNOWN_AUTHORITY);
      assert.equal(await ask("localhost", "require"), "encrypted");
      assert.equal(await ask("localhost", "prefer"), "encrypted");
      assert.equal(await ask("localhost", "disable"), "plain");
    });

    await t.step("a certificate for an address", async () => {
      await server.restart(await signCertificate(authority, [ADDRESS]));
      assert.equal(await ask("127.0.0.1", "verify-full", known), "encrypted");
      assert.equal(await ask("localhost", "verify-full", known), WRONG_NAME);
      assert.equal(await ask("127.0.0.1", "verify-full", unknown), UNKNOWN_AUTHORITY);
    });

    await t.step("a certificate for another name", async () => {
      await server.restart(await signCertificate(authority, [OTHER_NAME]));
      assert.equal(await ask("localhost", "verify-full", known), WRONG_NAME);
      assert.equal(await ask("127.0.0.1", "verify-full", known), WRONG_NAME);
      assert.equal(await ask("localhost", "verify-ca", known), "encrypted");
      assert.equal(await ask("127.0.0.1", "verify-ca", known), "encrypted");
    });
  },
});

Deno.test({
  name: "openServer() says that the server takes no encryption when PG_SSLMODE wants it",
  ignore: programs === null,
  fn: async () => {
    await using server = await startPostgresServer(programs ?? "");
    const pg = { ...server.access, database: "postgres" };
    const refusal = "the server takes no encrypted connections: switch ssl on there, or set " +
      "PG_SSLMODE=disable where the network is trusted";
    for (const sslmode of ["require", "verify-ca", "verify-full"] as const) {
      assert.equal(await open({ ...pg, sslmode }), refusal);
    }
    assert.equal(await open({ ...pg, sslmode: "prefer" }), "plain");
  },
});

Deno.test("openServer() says what is wrong with the file of PG_SSLROOTCERT", async () => {
  await using folder = await temporaryFolder();
  const nowhere = { host: "127.0.0.1", port: 1, database: "postgres", user: "u", password: "p" };
  const ask = (sslrootcert: string) => open({ ...nowhere, sslmode: "verify-full", sslrootcert });
  const missing = join(folder.path, "missing.pem");
  assert.equal(
    await ask(missing),
    `Cannot read PG_SSLROOTCERT "${missing}": no such file, expected the certificate of an authority: ` +
      "check the path, which starts at the project's folder",
  );
  const binary = join(folder.path, "authority.der");
  await Deno.writeFile(binary, new Uint8Array([0x30, 0x82, 0x01, 0xff]));
  assert.equal(
    await ask(binary),
    `Cannot use PG_SSLROOTCERT "${binary}": it holds no certificate in PEM, expected ` +
      '"-----BEGIN CERTIFICATE-----" in it: convert it with openssl x509 -inform der',
  );
});
