import { generate } from "selfsigned";

/** PEM texts for a server on loopback, and the authority that vouches for it. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
  readonly authority: string;
}

/** A name or an address that a certificate is for. */
export type AltName = { readonly type: 2; readonly value: string } | {
  readonly type: 7;
  readonly ip: string;
};

const LOOPBACK: readonly AltName[] = [{ type: 2, value: "localhost" }, {
  type: 7,
  ip: "127.0.0.1",
}];

/** A certificate, by default for localhost and 127.0.0.1, that is signed by an authority made for it. */
export async function createCertificate(altNames = LOOPBACK): Promise<Certificate> {
  return await signCertificate(await createAuthority(), altNames);
}

/** An authority that can sign certificates of servers. */
export async function createAuthority() {
  return await generate([{ name: "commonName", value: "Sandbox authority" }], {
    keyType: "ec",
    algorithm: "sha256",
    extensions: [
      { name: "basicConstraints", cA: true },
      { name: "keyUsage", keyCertSign: true, digitalSignature: true },
    ],
  });
}

/** A certificate of a server that an authority has signed. */
export async function signCertificate(
  authority: Awaited<ReturnType<typeof createAuthority>>,
  altNames: readonly AltName[],
): Promise<Certificate> {
  const server = await generate([{ name: "commonName", value: "server" }], {
    keyType: "ec",
    algorithm: "sha256",
    ca: { key: authority.private, cert: authority.cert },
    extensions: [
      { name: "basicConstraints", cA: false },
      { name: "keyUsage", digitalSignature: true },
      { name: "extKeyUsage", serverAuth: true },
      { name: "subjectAltName", altNames: [...altNames] },
    ],
  });
  return { cert: server.cert, key: server.private, authority: authority.cert };
}
