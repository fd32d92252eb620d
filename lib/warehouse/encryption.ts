import { isIP } from "node:net";
import type { ConnectionOptions } from "node:tls";
import { ConfigError, type PgSettings } from "../config.ts";

/** What postgres.js takes as `ssl`. */
export type Encryption = false | "prefer" | "require" | ConnectionOptions;

/**
 * How a connection to this server is encrypted, and what its certificate has to prove. Throws `ConfigError`
 * when PG_SSLROOTCERT cannot be read.
 */
export async function chooseEncryption(pg: PgSettings): Promise<Encryption> {
  switch (pg.sslmode) {
    case "disable":
      return false;
    case "prefer":
    case "require":
      return pg.sslmode;
    case "verify-ca":
      return { ...await readAuthorities(pg), ...nameOf(pg), checkServerIdentity: () => undefined };
    case "verify-full":
      return { ...await readAuthorities(pg), ...nameOf(pg) };
  }
}

/**
 * The driver gives no name at all for an address, and TLS would then compare the certificate with "localhost".
 * TLS itself sends names alone to the server, never an address.
 */
function nameOf({ host }: PgSettings): ConnectionOptions {
  return isIP(host) === 0 ? { host, servername: host } : { host };
}

async function readAuthorities({ sslrootcert }: PgSettings): Promise<ConnectionOptions> {
  if (sslrootcert === undefined) return {};
  const ca = await readCertificates(sslrootcert);
  if (ca.includes("-----BEGIN CERTIFICATE-----")) return { ca };
  throw new ConfigError(
    `Cannot use PG_SSLROOTCERT "${sslrootcert}": it holds no certificate in PEM, expected ` +
      '"-----BEGIN CERTIFICATE-----" in it: convert it with openssl x509 -inform der',
  );
}

async function readCertificates(path: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    const problem = describeReadError(error);
    if (problem === null) throw error;
    throw new ConfigError(`Cannot read PG_SSLROOTCERT "${path}": ${problem}`, { cause: error });
  }
}

function describeReadError(error: unknown): string | null {
  if (error instanceof Deno.errors.NotFound) {
    return "no such file, expected the certificate of an authority: check the path, which starts at the project's folder";
  }
  if (error instanceof Deno.errors.NotCapable) {
    return "this program may not read there, expected a file of the project's folder: copy it there, or " +
      'see "Folders and files outside the project" in docs/permissions.md';
  }
  if (error instanceof Deno.errors.PermissionDenied || error instanceof Deno.errors.IsADirectory) {
    return `${error.message}, expected a file that this user may read`;
  }
  return null;
}
