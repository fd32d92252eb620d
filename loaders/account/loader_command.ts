import { getLogger, type Logger } from "@logtape/logtape";
import type { Command } from "commander";
import { join } from "node:path";
import { type AmoClient, createAmoClient } from "../../lib/amocrm/client.ts";
import { createCommand, runMain } from "../../lib/script/command.ts";
import { type AmoSettings, type Config, ConfigError, readConfig } from "../../lib/config.ts";
import { requireDataDir } from "../../lib/script/data_dir.ts";
import { EXIT_CODE } from "../../lib/script/exit_code.ts";
import { configureLogging } from "../../lib/log/logging.ts";
import { listenForStop } from "../../lib/stop_signal.ts";
import { type AccountWriter, createDryWriter, createLiveWriter } from "./account_writer.ts";
import { lockAccount } from "./loader_lock.ts";
import { createLoaderProgress, type LoaderProgress } from "./loader_progress.ts";
import { requireWritableAccount, type WritableAccount } from "./writable_account.ts";

/** A script that changes the account; `Flags` are those of its own `options`. */
export interface Loader<Flags> {
  /** Also the name of its file and its task. */
  readonly id: string;
  readonly description: string;
  /** What follows `deno task <id>`, one line each; the common flags have theirs. */
  readonly examples: readonly string[];
  options?(command: Command): Command;
  /** Does its work through `session.writer` alone, prints its result, and returns an exit code. */
  run(session: LoaderSession, flags: Flags & LoaderFlags): Promise<number>;
}

/** The flags that every loader has. */
export interface LoaderFlags {
  readonly yes?: boolean;
  readonly dryRun?: boolean;
  readonly account?: string;
}

/** "show": the plan; "dry run": each request; "write": it is done. */
export type LoaderMode = "show" | "dry run" | "write";

/** What a loader works with. */
export interface LoaderSession {
  readonly config: Config;
  readonly settings: AmoSettings;
  readonly mode: LoaderMode;
  readonly account: WritableAccount;
  /** For reading; all changes go through the writer. */
  readonly client: AmoClient;
  readonly writer: AccountWriter;
  readonly progress: LoaderProgress;
  readonly log: Logger;
  /** Aborts when the process is asked to end. */
  readonly signal: AbortSignal;
  /** A folder of the account below DATA_DIR, for state and backups, readable by its owner alone. It is there
   * when mode is "write". */
  readonly folder: string;
  /** A line of the result. */
  print(line: string): void;
}

/** The main of a loader's script: sets the exit code of the process. */
export async function runLoaderCommand<Flags>(
  loader: Loader<Flags>,
  args: readonly string[] = Deno.args,
): Promise<void> {
  await runMain(() => runLoaderByArgs(loader, args));
}

/** Reads the arguments, checks the account, runs the loader and returns its exit code. */
export async function runLoaderByArgs<Flags>(
  loader: Loader<Flags>,
  args: readonly string[],
): Promise<number> {
  const flags = parseFlags(loader, args);
  const config = readConfig();
  requireDataDir(config.dataDir, { set: "loaders", script: `loaders/${loader.id}.ts` });
  const progress = createLoaderProgress();
  await configureLogging(config, progress.writeLine);
  using stop = listenForStop();
  const session = await openLoaderSession(loader.id, { config, progress, flags, ...stop });
  using _lock = session.mode === "write"
    ? lockAccount(session.folder, session.account.subdomain)
    : null;
  const exitCode = await loader.run(session, flags);
  console.log(closingLine(session.mode, exitCode));
  return exitCode;
}

function closingLine(mode: LoaderMode, exitCode: number): string {
  const isGood = exitCode === EXIT_CODE.done;
  if (mode === "write") return isGood ? "Done." : "Not everything was done, see above.";
  if (mode === "dry run") return "Dry run: nothing was written.";
  return isGood
    ? "Nothing was written: --yes does it, --dry-run shows each request."
    : "Nothing was written.";
}

interface SessionOptions {
  readonly config: Config;
  readonly progress: LoaderProgress;
  readonly flags: LoaderFlags;
  readonly signal: AbortSignal;
}

/** Opens the configured account, or throws `ConfigError` when it must not be written to. */
async function openLoaderSession(
  id: string,
  { config, progress, flags, signal }: SessionOptions,
): Promise<LoaderSession> {
  const { amo: settings } = config;
  if (!settings) {
    throw new ConfigError(
      "Cannot write to amoCRM: it is not configured, expected AMO_SUBDOMAIN and AMO_TOKEN: set both in .env",
    );
  }
  const log = getLogger([id]);
  const client = createAmoClient({ ...settings, log, signal });
  const account = await requireWritableAccount(client, settings, flags.account);
  const mode = flags.dryRun ? "dry run" : flags.yes ? "write" : "show";
  const folder = join(config.dataDir, "loaders", account.subdomain);
  if (mode === "write") await Deno.mkdir(folder, { recursive: true, mode: 0o700 });
  const print = (line: string) => console.log(line);
  print(`Account "${account.subdomain}" (${settings.baseUrl})`);
  const writer = mode === "write"
    ? createLiveWriter(client, progress, signal)
    : createDryWriter(mode === "dry run" ? print : () => {});
  return { config, settings, mode, account, client, writer, progress, log, signal, folder, print };
}

function parseFlags<Flags>(loader: Loader<Flags>, args: readonly string[]): Flags & LoaderFlags {
  const command = createCommand(
    loader.id,
    loader.description,
    ["", "--dry-run", ...loader.examples].map((rest) => `deno task ${loader.id} ${rest}`.trimEnd()),
  );
  loader.options?.(command);
  return command
    .option("--yes", "do it (without this flag nothing is written)")
    .option("--dry-run", "write nothing, show each request that would be made")
    .option("--account <subdomain>", "refuse to work on any account but this one")
    .parse(args, { from: "user" })
    .opts<Flags & LoaderFlags>();
}
