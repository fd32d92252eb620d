const LEFT_OUT = "\n[… the middle is left out …]\n";
/** The beginning says what happened, the end what to do. */
const SHARE_OF_BEGINNING = 0.6;

/**
 * The text in at most `limit` UTF-16 units, which is how chats count: its beginning and its end, cut between
 * lines where that costs little, and never inside a character. `limit` must be 100 or more.
 */
export function shorten(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const room = limit - LEFT_OUT.length;
  const beginning = takeBeginning(text, Math.floor(room * SHARE_OF_BEGINNING));
  return beginning + LEFT_OUT + takeEnd(text, room - beginning.length);
}

function takeBeginning(text: string, length: number): string {
  const taken = text.slice(0, length).replace(/[\uD800-\uDBFF]$/, "");
  const lineEnd = taken.lastIndexOf("\n");
  return lineEnd > length / 2 ? taken.slice(0, lineEnd) : taken;
}

function takeEnd(text: string, length: number): string {
  const taken = text.slice(text.length - length).replace(/^[\uDC00-\uDFFF]/, "");
  const lineEnd = taken.indexOf("\n");
  return lineEnd >= 0 && lineEnd < length / 2 ? taken.slice(lineEnd + 1) : taken;
}
