import { getLogger } from "@logtape/logtape";
import { join } from "node:path";
import { createAmoClient } from "../../lib/amocrm/client.ts";
import { ConfigError } from "../../lib/config.ts";
import { EXIT_CODE } from "../../lib/script/exit_code.ts";
import { createLiveWriter } from "../../loaders/account/account_writer.ts";
import type { LoaderSession } from "../../loaders/account/loader_command.ts";
import { createLoaderProgress } from "../../loaders/account/loader_progress.ts";
import { requireWritableAccount } from "../../loaders/account/writable_account.ts";
import type { Session } from "../../lib/script/session.ts";

/** Runs a loader on an account and returns its exit code. */
export type RunLoader = (session: LoaderSession) => Promise<number>;

/** Opens the configured account and runs the loaders that fill it, one after the other; quietly, unless one fails. */
export async function fillAccount(
  { config, signal }: Session,
  loaders: readonly RunLoader[],
): Promise<LoaderSession> {
  const { amo: settings } = config;
  if (!settings) throw new ConfigError("Cannot fill the demo's account: it is not configured");
  const log = getLogger(["demo"]);
  const client = createAmoClient({ ...settings, log, signal });
  const account = await requireWritableAccount(client, settings);
  const folder = join(config.dataDir, "loaders", account.subdomain);
  await Deno.mkdir(folder, { recursive: true, mode: 0o700 });
  const said: string[] = [];
  const progress = createLoaderProgress(false, () => {});
  const writer = createLiveWriter(client, progress, signal);
  const print = (line: string) => void said.push(line);
  const mode = "write";
  const loaderSession = {
    config,
    settings,
    mode,
    account,
    client,
    writer,
    progress,
    log,
    signal,
    folder,
    print,
  } as const;
  for (const run of loaders) {
    said.length = 0;
    if (await run(loaderSession) !== EXIT_CODE.done) {
      throw new Error(`Cannot fill the demo's account: ${said.join("\n")}`);
    }
  }
  return loaderSession;
}
