import type { SandboxClock } from "./account/clock.ts";
import type { Random } from "./account/random.ts";
import type { Account } from "./account/account.ts";
import { problem } from "./routes/problems.ts";

/** What a token may do: everything, or everything but writing. */
export type TokenScope = "full" | "read";

export interface TokenOptions {
  readonly scope?: TokenScope | undefined;
  /** From now on, by the sandbox clock; 5 years, the longest that amoCRM gives. */
  readonly lifetimeSeconds?: number | undefined;
}

/** The tokens of the account. */
export interface Tokens {
  issue(options?: TokenOptions): string;
  revoke(token: string): void;
  /** The refusal that a request deserves, or undefined when its token is good for it. */
  refusal(request: Request): Response | undefined;
}

interface Grant {
  readonly scope: TokenScope;
  readonly expiresAt: number;
}

const FIVE_YEARS_S = 5 * 365 * 86_400;
const READING: ReadonlySet<string> = new Set(["GET", "HEAD"]);

/** Tokens in the shape of JWTs: clients read `exp`, nobody checks the signature. */
export function createTokens(account: Account, clock: SandboxClock, random: Random): Tokens {
  const grants = new Map<string, Grant>();
  return {
    issue({ scope = "full", lifetimeSeconds = FIVE_YEARS_S } = {}) {
      const expiresAt = clock.seconds() + lifetimeSeconds;
      const token = createJwt(account, scope, clock.seconds(), expiresAt, random);
      grants.set(token, { scope, expiresAt });
      return token;
    },
    revoke: (token) => void grants.delete(token),
    refusal(request) {
      const [, token] = /^Bearer (\S+)$/i.exec(request.headers.get("authorization") ?? "") ?? [];
      const grant = token === undefined ? undefined : grants.get(token);
      if (grant === undefined || grant.expiresAt <= clock.seconds()) {
        return problem(401, "Unauthorized");
      }
      const mayWrite = grant.scope === "full" || READING.has(request.method);
      return mayWrite ? undefined : problem(403, "Invalid scope");
    },
  };
}

function createJwt(
  account: Account,
  scope: TokenScope,
  issuedAt: number,
  expiresAt: number,
  random: Random,
): string {
  const claims = {
    aud: "sandbox",
    jti: random.text(32, "0123456789abcdef"),
    iat: issuedAt,
    nbf: issuedAt,
    exp: expiresAt,
    sub: String(account.userId),
    grant_type: "",
    account_id: account.id,
    base_domain: "amocrm.ru",
    version: 2,
    scopes: scope === "full" ? ["crm"] : ["crm_read"],
  };
  const parts = [{ typ: "JWT", alg: "RS256" }, claims].map((part) => JSON.stringify(part));
  return [...parts.map((part) => new TextEncoder().encode(part)), createSignature(random)]
    .map((bytes) => bytes.toBase64({ alphabet: "base64url", omitPadding: true }))
    .join(".");
}

/** 256 bytes, as RS256 has them: a client that checks the form of a token decodes all three parts. */
function createSignature(random: Random): Uint8Array {
  return Uint8Array.from({ length: 256 }, () => random.between(0, 255));
}
