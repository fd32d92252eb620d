import type { Check, Severity } from "./file.ts";
import type { CheckResult } from "./run.ts";

/** A table of all results, 80 columns wide; below it the samples of what did not pass, and a sentence. */
export function formatCheckReport(
  results: readonly CheckResult[],
  checks: readonly Check[],
): string {
  return [
    formatLine("check", "severity", "table", "offenders"),
    ...results.map(({ check, severity, table, offenders }) =>
      formatLine(check, severity, table, offenders.toLocaleString("en"))
    ),
    ...results.filter(({ offenders }) => offenders > 0).flatMap((result) =>
      formatSample(result, checks.find(({ name }) => name === result.check)?.offender ?? "")
    ),
    "",
    summarize(results),
  ].join("\n");
}

/** How many results of a severity have offenders. */
export function countFailed(results: readonly CheckResult[], severity: Severity): number {
  return results.filter((result) => result.severity === severity && result.offenders > 0).length;
}

function formatLine(check: string, severity: string, table: string, offenders: string): string {
  return `${check.padEnd(26)} ${severity.padEnd(8)} ${table.padEnd(31)} ${offenders.padStart(12)}`;
}

function formatSample({ check, table, offenders, sample }: CheckResult, offender: string) {
  const more = offenders - sample.length;
  return [
    "",
    `${check} in ${table}: ${offender}`,
    ...sample.map(({ id, detail }) => `  ${id}: ${detail}`),
    ...(more > 0 ? [`  and ${more.toLocaleString("en")} more`] : []),
  ];
}

function summarize(results: readonly CheckResult[]): string {
  const errors = countFailed(results, "error");
  const warnings = countFailed(results, "warn");
  if (errors + warnings === 0) return `All ${results.length} results are clean`;
  return `${errors} of severity error and ${warnings} of severity warn have offenders, ` +
    `${results.length - errors - warnings} are clean`;
}
