import { styleText } from "node:util";

const EMBEDDED_LINE = /(?<=\[warehouse\] Warehouse: .*\()embedded(?=\)$)/;

/** Colours the kind of warehouse in the line that names it: who forgot PG_HOST fills a folder, not the server. */
export function colourEmbedded(line: string): string {
  return line.replace(
    EMBEDDED_LINE,
    // The caller has looked at the terminal already.
    (kind) => styleText(["bold", "yellow"], kind, { validateStream: false }),
  );
}
