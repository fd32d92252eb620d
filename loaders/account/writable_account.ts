import { type Account, readAccount } from "../../lib/amocrm/account.ts";
import type { AmoClient } from "../../lib/amocrm/client.ts";
import { AmoError } from "../../lib/amocrm/answers.ts";
import { type AmoSettings, ConfigError } from "../../lib/config.ts";

/** An account that loaders may write to. */
export interface WritableAccount extends Account {
  readonly subdomain: string;
  /** It is an emulated one on this machine. */
  readonly isSandbox: boolean;
}

/**
 * Reads the account and makes sure that it may be written to: it is a sandbox, or `AMO_WRITABLE_ACCOUNTS`
 * names the subdomain that the account itself gives (not the one in the settings, which may point elsewhere).
 *
 * `typed` is the name that the user gave on the command line, to be the same one. Throws `ConfigError`.
 */
export async function requireWritableAccount(
  client: AmoClient,
  settings: Pick<AmoSettings, "baseUrl" | "writableAccounts">,
  typed?: string,
): Promise<WritableAccount> {
  const account = await readAccount(client);
  const subdomain = account.subdomain?.toLowerCase();
  if (!subdomain) {
    throw new ConfigError(
      "Cannot write to the account: it does not say its subdomain, expected one: check AMO_BASE_URL",
    );
  }
  if (typed !== undefined && typed.trim().toLowerCase() !== subdomain) {
    throw new ConfigError(
      `Cannot write to the account "${subdomain}": --account says "${typed}", expected the same name: ` +
        "check --account, AMO_SUBDOMAIN and AMO_BASE_URL",
    );
  }
  const isSandbox = await isServedSandbox(client, settings.baseUrl);
  if (!isSandbox && !settings.writableAccounts.includes(subdomain)) {
    throw new ConfigError(
      `Cannot write to the account "${subdomain}": AMO_WRITABLE_ACCOUNTS ` +
        `${describeList(settings.writableAccounts)}, expected it among them: ` +
        "add it there if loaders may change this account",
    );
  }
  return { ...account, subdomain, isSandbox };
}

/**
 * Whether a sandbox of this program answers on this machine: on loopback, and below a path that no amoCRM has.
 * The address alone would also be that of a tunnel or a proxy to a real account, the path alone anybody's.
 */
async function isServedSandbox(client: AmoClient, baseUrl: string): Promise<boolean> {
  if (!isLoopback(new URL(baseUrl).hostname)) return false;
  try {
    const { body } = await client.get("/_sandbox/clock", {});
    return typeof body === "object" && body !== null && "now" in body && "isFrozen" in body;
  } catch (error) {
    if (error instanceof AmoError) return false;
    throw error;
  }
}

function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127(\.\d{1,3}){3}$/.test(hostname);
}

function describeList(accounts: readonly string[]): string {
  return accounts.length === 0 ? "is empty" : `has ${accounts.map((name) => `"${name}"`).join()}`;
}
