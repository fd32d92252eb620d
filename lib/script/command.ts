import { Command, CommanderError, InvalidArgumentError } from "commander";
import { findOpenDotEnv } from "../config.ts";
import { errorText } from "../log/error_text.ts";
import { asTyped } from "../log/typed_commands.ts";
import { exitCodeOfError } from "./exit_code.ts";

/** A commander that throws instead of ending the process, and refuses what it does not know. */
export function createCommand(
  name: string,
  description: string,
  examples: readonly string[],
): Command {
  return new Command(name)
    .description(description)
    .exitOverride()
    .allowExcessArguments(false)
    .showSuggestionAfterError(true)
    .showHelpAfterError("(--help lists what there is)")
    .addHelpText(
      "after",
      ["", "Examples:", ...examples.map((line) => `  ${asTyped(line)}`)].join("\n"),
    )
    .addHelpText("after", EXIT_CODES_HELP);
}

const EXIT_CODES_HELP = `
Exit codes: 0 done, 1 failed, 2 wrong usage or configuration, 3 upstream not ready,
4 already running.`;

/** The parser of an option that takes a whole number; anything else is wrong usage. */
export function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= min && value <= max) return value;
    throw new InvalidArgumentError(`Expected a whole number from ${min} to ${max}.`);
  };
}

/**
 * Runs the body of a script and sets the exit code of the process, which then ends by itself, after everything was
 * closed.
 */
export async function runMain(body: () => Promise<number>): Promise<void> {
  Deno.exitCode = await runToExitCode(body);
}

/** Runs the body of a script and returns its exit code, or that of its error, whose message goes to stderr. */
export async function runToExitCode(body: () => Promise<number>): Promise<number> {
  const warning = findOpenDotEnv();
  if (warning !== null) console.error(warning);
  try {
    return await body();
  } catch (error) {
    // Commander has already said what was wrong.
    if (!(error instanceof CommanderError)) console.error(errorText(error));
    return exitCodeOfError(error);
  }
}
