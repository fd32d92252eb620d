/** One instruction of a Dockerfile, e.g. `COPY` with "lib ./lib", and the stage it is in. */
export interface Instruction {
  readonly stage: number;
  readonly name: string;
  readonly text: string;
}

/** Reads a Dockerfile as its builder does: comments left out, continued lines joined. */
export function readDockerfile(text: string): readonly Instruction[] {
  const lines = text.split("\n").filter((line) => !/^\s*(#|$)/.test(line)).join("\n")
    .replaceAll(/\\\n\s*/g, "").split("\n");
  let stage = -1;
  return lines.map((line) => {
    const [, name = "", rest = ""] = /^(\w+)\s+(.*)$/.exec(line) ?? [];
    if (name === "FROM") stage++;
    return { stage, name, text: rest };
  });
}

/** What stage one takes out of the project, e.g. "lib". */
export function listCopied(instructions: readonly Instruction[]): readonly string[] {
  return instructions.filter(({ name, stage, text }) =>
    name === "COPY" && stage === 0 && !text.startsWith("--from")
  ).flatMap(({ text }) => text.split(/\s+/).slice(0, -1));
}
