/**
 * The queries of a text: each ends with a semicolon at the end of a line; in a text without any, each line is
 * one. A query of one statement needs no semicolon.
 */
export function splitStatements(text: string): string[] {
  const lines = text.split(/\r?\n/);
  if (!lines.some(endsStatement)) return keepFilled(lines);
  const statements: string[] = [];
  let open: string[] = [];
  for (const line of lines) {
    open.push(line);
    if (!endsStatement(line)) continue;
    statements.push(open.join("\n"));
    open = [];
  }
  return keepFilled([...statements, open.join("\n")]);
}

/** Whether a line ends the query that it stands in. */
export function endsStatement(line: string): boolean {
  return /;\s*$/.test(line);
}

function keepFilled(texts: readonly string[]): string[] {
  return texts.map((text) => text.trim().replace(/;\s*$/, "")).filter((text) => text !== "");
}
