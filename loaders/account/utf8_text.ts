/** Bytes that are no text in UTF-8; the message says what they are, and quotes nothing. */
export class NotUtf8Error extends Error {
  override readonly name = "NotUtf8Error";

  constructor(found: string) {
    super(`${found}, expected text in UTF-8: ${HOW_TO_SAVE}`);
  }
}

const HOW_TO_SAVE = 'save it anew (Excel: as "CSV UTF-8"; LibreOffice: with the character set ' +
  '"Unicode (UTF-8)"; editors: with the encoding "UTF-8")';

/**
 * The text of a file that people made, without a byte order mark.
 *
 * A text in another encoding would be read with wrong letters, and those would be stored. Throws `NotUtf8Error`.
 */
export function decodeUtf8(bytes: Uint8Array): string {
  refuseOtherKinds(bytes);
  try {
    return decode(bytes);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new NotUtf8Error(`line ${findBadLine(bytes)} is in another encoding`);
  }
}

/** Throws `NotUtf8Error` for bytes that are another kind of file as a whole. */
export function refuseOtherKinds(bytes: Uint8Array): void {
  const found = findOtherKind(bytes);
  if (found !== null) throw new NotUtf8Error(found);
}

/** The text of one line. Throws `NotUtf8Error` that names it. */
export function decodeLine(bytes: Uint8Array, line: number): string {
  try {
    return decode(bytes);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new NotUtf8Error(`line ${line} is in another encoding`);
  }
}

/** What the first bytes of files are that spreadsheets and editors write beside UTF-8. */
const OTHER_KINDS: readonly (readonly [readonly number[], string])[] = [
  [[0xff, 0xfe], "it is in UTF-16"],
  [[0xfe, 0xff], "it is in UTF-16"],
  [[0x50, 0x4b, 0x03, 0x04], "it is a workbook like .xlsx, .ods or .numbers, or another archive"],
  [[0xd0, 0xcf, 0x11, 0xe0], "it is a workbook of Excel (.xls)"],
  [[0x1f, 0x8b], "it is packed (gzip)"],
];

/** Null for what may be UTF-8. */
function findOtherKind(bytes: Uint8Array): string | null {
  const kind = OTHER_KINDS.find(([start]) => start.every((byte, i) => bytes[i] === byte));
  if (kind) return kind[1];
  // UTF-16 and UTF-32 without a mark pass for UTF-8 with a zero beside each Latin letter.
  return bytes.includes(0) ? "it holds zero bytes, as UTF-16 does" : null;
}

function decode(bytes: Uint8Array): string {
  return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
}

/** The 1-based line that does not decode. No byte of a longer UTF-8 character looks like a line end. */
function findBadLine(bytes: Uint8Array): number {
  let line = 1;
  for (let start = 0; start < bytes.length; line++) {
    const end = bytes.indexOf(0x0a, start);
    const part = bytes.subarray(start, end === -1 ? bytes.length : end);
    try {
      decode(part);
    } catch (error) {
      if (error instanceof TypeError) return line;
      throw error;
    }
    start += part.length + 1;
  }
  return line;
}
