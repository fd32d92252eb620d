/**
 * Serves an amoCRM account of its own on this machine, for trying things out: nothing leaves it, nothing
 * is kept when it ends.
 *
 *     deno task sandbox --port 8787 --seed 7 --start 2026-05-01T00:00:00Z
 */
import { Command, CommanderError, InvalidArgumentError } from "commander";
import { serveSandbox } from "./server.ts";

interface Flags {
  readonly port: number;
  readonly seed: number;
  readonly start?: Temporal.Instant;
  readonly timezone: string;
}

/** The command line of `deno task sandbox`; `run` gets the checked flags. */
export function createSandboxCommand(run: (flags: Flags) => void): Command {
  return new Command("sandbox")
    .description(
      "Serves an empty amoCRM account on this machine until Ctrl-C; everything is forgotten then.",
    )
    .option("--port <number>", "port on 127.0.0.1; 0 takes any free one", toPort, 8787)
    .option("--seed <number>", "the same seed and start give the same ids and token", toSeed, 1)
    .option("--start <time>", "first time of the account, e.g. 2026-05-01T00:00:00Z", toInstant)
    .option("--timezone <name>", "time zone of the account", toTimezone, "Asia/Dubai")
    .exitOverride()
    .allowExcessArguments(false)
    .showHelpAfterError("(--help lists what there is)")
    .addHelpText(
      "after",
      `
Examples:
  deno task sandbox
  deno task sandbox --port 9000 --start 2026-05-01T00:00:00+04:00

Other processes steer it below /_sandbox/: clock, faults, switches, requests, tokens, users,
leads (change, delete, restore and merge them as a user).`,
    )
    .action(run);
}

/** What is printed once it serves: where, and the lines for .env. */
export function describeSandbox(url: string, token: string): string {
  return `amoCRM sandbox at ${url} (Ctrl-C ends it)\n\nAMO_BASE_URL=${url}\nAMO_TOKEN=${token}`;
}

function toWhole(text: string, low: number, high: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= low && value <= high) return value;
  throw new InvalidArgumentError(`Expected a whole number from ${low} to ${high}.`);
}

function toPort(text: string): number {
  return toWhole(text, 0, 65_535);
}

function toSeed(text: string): number {
  return toWhole(text, 0, 2 ** 32 - 1);
}

function toInstant(text: string): Temporal.Instant {
  try {
    return Temporal.Instant.from(text);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new InvalidArgumentError("Expected a time with its offset, like 2026-05-01T00:00:00Z.");
  }
}

function toTimezone(text: string): string {
  try {
    Temporal.Now.zonedDateTimeISO(text);
    return text;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new InvalidArgumentError("Expected the name of a time zone, like Asia/Dubai.");
  }
}

function serve(flags: Flags): void {
  try {
    const sandbox = serveSandbox(flags);
    console.log(describeSandbox(sandbox.url, sandbox.token));
  } catch (error) {
    if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    console.error(
      `Cannot serve the sandbox on port ${flags.port}: it is taken: choose another --port`,
    );
    Deno.exitCode = 1;
  }
}

if (import.meta.main) {
  try {
    createSandboxCommand(serve).parse();
  } catch (error) {
    // Commander has already said what was wrong; --help ends with its code 0.
    if (!(error instanceof CommanderError)) throw error;
    Deno.exitCode = error.exitCode === 0 ? 0 : 2;
  }
}
