import assert from "node:assert/strict";
import type { Sandbox } from "../../../lib/sandbox/sandbox.ts";
import { type Answer, openSandbox, ORIGIN, readAnswer } from "../../support/sandbox_calls.ts";

async function ask(
  sandbox: Sandbox,
  authorization: string | undefined,
  method = "GET",
): Promise<Answer> {
  const headers: HeadersInit = authorization === undefined ? {} : { authorization };
  const body = method === "GET" ? null : "[{}]";
  const request = new Request(`${ORIGIN}/api/v4/leads`, { method, headers, body });
  return await readAnswer(await sandbox.fetch(request));
}

const UNAUTHORIZED = {
  status: 401,
  type: "application/problem+json",
  body: {
    title: "Unauthorized",
    type: "https://httpstatus.es/401",
    status: 401,
    detail: "Unauthorized",
  },
};

function partsOf(token: string): unknown[] {
  return token.split(".").slice(0, 2).map((part) =>
    JSON.parse(
      new TextDecoder().decode(Uint8Array.fromBase64(part, { alphabet: "base64url" })),
    )
  );
}

Deno.test("a token is a JWT of three parts with account, scope and five years to live", () => {
  const { token } = openSandbox().sandbox;
  assert.match(token, /^[\w-]+\.[\w-]+\.[\w-]{342}$/);
  assert.deepEqual(partsOf(token), [
    { typ: "JWT", alg: "RS256" },
    {
      aud: "sandbox",
      jti: "1766b927e1cf69695dd133eb96ec9731",
      iat: 1777593600,
      nbf: 1777593600,
      exp: 1935273600,
      sub: "10006346",
      grant_type: "",
      account_id: 31000783,
      base_domain: "amocrm.ru",
      version: 2,
      scopes: ["crm"],
    },
  ]);
});

Deno.test("the signature of a token is the canonical base64url of 256 bytes", () => {
  const alphabet = { alphabet: "base64url" } as const;
  for (const seed of [1, 2, 3]) {
    const { sandbox } = openSandbox({ seed });
    const [signature = ""] = sandbox.token.split(".").slice(2);
    const bytes = Uint8Array.fromBase64(signature, alphabet);
    assert.equal(bytes.length, 256);
    assert.equal(bytes.toBase64({ ...alphabet, omitPadding: true }), signature);
  }
});

Deno.test("a missing, unknown, revoked or expired token answers 401", async () => {
  const { sandbox } = openSandbox();
  const short = sandbox.issueToken({ lifetimeSeconds: 60 });
  const revoked = sandbox.issueToken();
  sandbox.revokeToken(revoked);
  assert.deepEqual(await ask(sandbox, undefined), UNAUTHORIZED);
  assert.deepEqual(await ask(sandbox, `Basic ${sandbox.token}`), UNAUTHORIZED);
  assert.deepEqual(await ask(sandbox, "Bearer a.b.c"), UNAUTHORIZED);
  assert.deepEqual(await ask(sandbox, `Bearer ${revoked}`), UNAUTHORIZED);
  assert.equal((await ask(sandbox, `Bearer ${short}`)).status, 204);
  sandbox.clock.advance({ seconds: 60 });
  assert.deepEqual(await ask(sandbox, `Bearer ${short}`), UNAUTHORIZED);
  assert.equal((await ask(sandbox, `Bearer ${sandbox.token}`)).status, 204);
});

Deno.test("a read-only token reads, and a write answers 403 Invalid scope and writes nothing", async () => {
  const { sandbox } = openSandbox();
  const token = sandbox.issueToken({ scope: "read" });
  assert.deepEqual(await ask(sandbox, `Bearer ${token}`, "POST"), {
    status: 403,
    type: "application/problem+json",
    body: {
      title: "Forbidden",
      type: "https://httpstatus.es/403",
      status: 403,
      detail: "Invalid scope",
    },
  });
  assert.equal((await ask(sandbox, `Bearer ${token}`)).status, 204);
});
