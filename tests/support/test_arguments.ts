import { SUPPORTED_VERSIONS } from "./postgres_programs.ts";

/** What `deno task test` was asked for. */
export interface TestArguments {
  /** The versions of `--servers`; null without it. */
  readonly servers: readonly number[] | null;
  /** What goes on to `deno test`. */
  readonly rest: readonly string[];
}

const OPTION = "--servers";

/** Takes `--servers 15,18` (or `--servers=15,18`) out of the arguments. Throws with a sentence for people. */
export function readTestArguments(args: readonly string[]): TestArguments {
  const at = args.findIndex((arg) => arg === OPTION || arg.startsWith(`${OPTION}=`));
  const option = args[at];
  if (option === undefined) return { servers: null, rest: args };
  const [value = "", length] = option === OPTION
    ? [args[at + 1], 2]
    : [option.slice(OPTION.length + 1), 1];
  return { servers: readVersions(value), rest: args.toSpliced(at, length) };
}

function readVersions(value: string): number[] {
  const names = [...new Set(value.split(",").map((name) => name.trim()))];
  const known = SUPPORTED_VERSIONS.join(", ");
  return names.map((name) => {
    const version = SUPPORTED_VERSIONS.find((one) => String(one) === name);
    if (version !== undefined) return version;
    const what = name === "" ? "the version is missing" : `"${name}" is no version that is known`;
    throw new Error(
      `Cannot read ${OPTION}: ${what}, expected some of ${known}, e.g. ${OPTION} 15,18`,
    );
  });
}
