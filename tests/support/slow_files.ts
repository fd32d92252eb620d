/** What the tests of a file took, one after the other. */
export interface FileTime {
  readonly file: string;
  readonly tests: number;
  readonly seconds: number;
}

// deno-lint-ignore no-control-regex -- the colours that Deno puts around the words
const COLORS = /\x1b\[[\d;]*m/g;
const RESULT = /^\.\/(tests\/\S+) => .* \((?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?\)$/;
const END_OF_STEP = /^\s/;

/** Reads line by line what `deno test --parallel` prints, and adds up what the tests of each file took. */
export function createFileTimes(): {
  /** Returns how many tests ended in this text. */
  add(text: string): number;
  slowest(count: number): FileTime[];
} {
  const files = new Map<string, FileTime>();
  let rest = "";
  const isEnd = (line: string) => {
    const found = END_OF_STEP.test(line) ? null : RESULT.exec(line.replaceAll(COLORS, ""));
    if (!found) return false;
    const [, file = "", minutes = 0, seconds = 0, ms = 0] = found;
    const { tests, seconds: before } = files.get(file) ?? { tests: 0, seconds: 0 };
    const took = Number(minutes) * 60 + Number(seconds) + Number(ms) / 1000;
    files.set(file, { file, tests: tests + 1, seconds: before + took });
    return true;
  };
  return {
    add(text) {
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      return lines.filter(isEnd).length;
    },
    slowest: (count) => [...files.values()].sort((a, b) => b.seconds - a.seconds).slice(0, count),
  };
}

/** A table of files, e.g. "  71 s  2 tests  tests/privacy_test.ts". */
export function formatFileTimes(times: readonly FileTime[]): string {
  return times.map(({ file, tests, seconds }) =>
    `${Math.round(seconds).toString().padStart(5)} s ${tests.toString().padStart(4)} tests  ${file}`
  ).join("\n");
}
