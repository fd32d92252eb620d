const COLUMNS = 80;

/**
 * Indents a text and breaks its long lines between words, so that they fit into 80 columns.
 *
 * A line with a caret below it stays as it is: the caret points at a place in it.
 */
export function formatProse(text: string, indent: string): string {
  const lines = text.split("\n");
  return lines.flatMap((line, i) => {
    const isPointed = [line, lines[i + 1] ?? ""].some((one) => /^\s*\^$/.test(one));
    return isPointed ? [line] : breakLine(line, COLUMNS - indent.length);
  }).map((line) => (indent + line).trimEnd()).join("\n");
}

function breakLine(line: string, width: number): string[] {
  const lines: string[] = [];
  let rest = line;
  while (rest.length > width) {
    const space = rest.lastIndexOf(" ", width);
    // A word that is too long by itself is left whole: it may be a path or an address.
    const end = space > 0 ? space : rest.indexOf(" ");
    if (end <= 0) break;
    lines.push(rest.slice(0, end));
    rest = rest.slice(end + 1);
  }
  return [...lines, rest];
}
