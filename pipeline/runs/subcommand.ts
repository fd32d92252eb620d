import type { Command } from "commander";
import { createCommand } from "../../lib/script/command.ts";
import { ConfigError } from "../../lib/config.ts";
import type { Dag } from "../../lib/dag/dag.ts";
import { EXIT_CODE } from "../../lib/script/exit_code.ts";
import { findNearest } from "../../lib/dag/find_dag.ts";

/** Makes the body of a subcommand, which gives its exit code, an action of commander. */
export type Act = <A extends unknown[]>(
  body: (...args: A) => Promise<number>,
) => (...args: A) => Promise<void>;

/** Makes a subcommand that knows these DAGs. */
export type Subcommand = (dags: readonly Dag[], act: Act) => Command;

/** What a subcommand is called with on the shell, for its help and examples. */
export const TASK = "deno task runs";

/** A subcommand of `runs`; its examples are given without `deno task runs`. */
export function createSubcommand(
  name: string,
  description: string,
  examples: readonly string[],
): Command {
  return createCommand(name, description, examples.map((example) => `${TASK} ${example}`));
}

/** A subcommand about one DAG and one date. */
export function createRunSubcommand(
  name: string,
  description: string,
  examples: readonly string[],
): Command {
  return createSubcommand(name, description, examples)
    .argument("<dag>", "id of the DAG")
    .argument("[date]", "logical date: YYYY-MM-DD, today or yesterday", "today");
}

/** Commander would take an unknown name for an argument of the default subcommand. */
function refuseUnknown(names: readonly string[], [name]: readonly string[]): void {
  if (name === undefined || name.startsWith("-") || names.includes(name)) return;
  const nearest = findNearest(name, names);
  throw new ConfigError(
    `Cannot find the subcommand "${name}": ` +
      (nearest ? `did you mean ${nearest}?` : `expected one of ${names.join(", ")}`),
  );
}

/** Parses the arguments, runs the subcommand that they name and returns its exit code. */
export async function runSubcommand(
  program: Command,
  subcommands: readonly Subcommand[],
  dags: readonly Dag[],
  args: readonly string[],
): Promise<number> {
  let code: number = EXIT_CODE.done;
  const act: Act = (body) => async (...given) => {
    code = await body(...given);
  };
  const commands = subcommands.map((subcommand) => subcommand(dags, act));
  refuseUnknown([...commands.map((command) => command.name()), "help"], args);
  const [first, ...others] = commands;
  if (first) program.addCommand(first, { isDefault: true });
  for (const command of others) program.addCommand(command);
  await program.parseAsync(args, { from: "user" });
  return code;
}
