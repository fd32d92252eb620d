import { parseEnv } from "node:util";

/** What .env sets, and what is wrong with it as a file; no problem quotes a line, which may hold a secret. */
export interface DotEnv {
  readonly values: Readonly<Record<string, string | undefined>>;
  readonly problems: readonly string[];
}

const decoder = new TextDecoder("utf-8", { fatal: true });

/** Reads the bytes of .env. A byte order mark, which editors put before the first name, is passed over. */
export function parseDotEnv(bytes: Uint8Array): DotEnv {
  const text = decode(bytes);
  if (text === null) {
    return { values: {}, problems: [".env is not UTF-8, expected that: save it as UTF-8"] };
  }
  const problems = findStrangeLines(text)
    .map((line) =>
      `.env:${line} is no setting, expected NAME=value or a comment that starts with #`
    );
  return { values: { ...parseEnv(text) }, problems };
}

function decode(bytes: Uint8Array): string | null {
  try {
    const text = decoder.decode(bytes);
    return text.includes("\0") ? null : text;
  } catch (error) {
    if (error instanceof TypeError) return null;
    throw error;
  }
}

/** The numbers of the lines that `parseEnv` passes over without a word. */
function findStrangeLines(text: string): number[] {
  const strange: number[] = [];
  let openQuote: string | null = null;
  for (const [i, line] of text.split(/\r\n|\n|\r/).entries()) {
    if (openQuote !== null) {
      if (line.includes(openQuote)) openQuote = null;
      continue;
    }
    if (/^\s*(#.*)?$/.test(line)) continue;
    const [, value = null] = /^\s*(?:export\s+)?[^\s=#]+\s*=\s*(.*)$/.exec(line) ?? [];
    if (value === null) strange.push(i + 1);
    else openQuote = quoteLeftOpen(value, text, i);
  }
  return strange;
}

/** The quote that a value begins with and does not end with; none when it never ends, which is plain text. */
function quoteLeftOpen(value: string, text: string, line: number): string | null {
  const quote = /^["'`]/.exec(value)?.[0];
  if (quote === undefined || value.indexOf(quote, 1) > 0) return null;
  const rest = text.split(/\r\n|\n|\r/).slice(line + 1);
  return rest.some((one) => one.includes(quote)) ? quote : null;
}
