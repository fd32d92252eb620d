/** How many tests a run of `deno test` had, and the same as its plain last line. */
export interface TestCounts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly text: string;
}

// deno-lint-ignore no-control-regex -- the colours that Deno puts around the words
const COLORS = /\x1b\[[\d;]*m/g;
const SUMMARY = /^(?:ok|FAILED) \| (\d+) passed.*? \| (\d+) failed(?:.*? \| (\d+) ignored)?/gm;

/**
 * Reads the summary at the end of what `deno test` printed. Without one it has not come to run the tests
 * (a type error, no such file), which counts as one failure.
 */
export function readTestCounts(output: string): TestCounts {
  const found = [...output.replaceAll(COLORS, "").matchAll(SUMMARY)].at(-1);
  return found
    ? toCounts(Number(found[1]), Number(found[2]), Number(found[3] ?? 0))
    : toCounts(0, 1, 0);
}

/** Adds several runs up to one. */
export function addCounts(runs: readonly TestCounts[]): TestCounts {
  const sum = (key: "passed" | "failed" | "skipped") =>
    runs.reduce((total, run) => total + run[key], 0);
  return toCounts(sum("passed"), sum("failed"), sum("skipped"));
}

function toCounts(passed: number, failed: number, skipped: number): TestCounts {
  const text = `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
  return { passed, failed, skipped, text };
}
