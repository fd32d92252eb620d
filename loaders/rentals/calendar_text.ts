import { decodeLine, refuseOtherKinds } from "../account/utf8_text.ts";

/** A line of a calendar as it was before it was folded. */
export interface CalendarLine {
  /** 1-based line of the file on which it begins. */
  readonly line: number;
  readonly text: string;
}

/** A VEVENT of a calendar, from its BEGIN to its END. */
export interface EventText {
  readonly line: number;
  readonly lines: readonly CalendarLine[];
  /** Its END is there. */
  readonly isWhole: boolean;
  /** The METHOD of its calendar, in capitals; "" for none. */
  readonly method: string;
}

/** What a calendar holds. */
export interface CalendarText {
  readonly events: readonly EventText[];
  /** The end of the calendar is there; else it was cut off. */
  readonly isWhole: boolean;
}

/** A text that is no calendar at all; the message quotes nothing of it. */
export class NotACalendarError extends Error {
  override readonly name = "NotACalendarError";
}

/**
 * Cuts iCalendar (RFC 5545) into its events, so that one that is broken leaves the others readable. Several
 * calendars may follow each other. Throws `NotACalendarError` and `NotUtf8Error`.
 */
export function cutCalendar(bytes: Uint8Array): CalendarText {
  refuseOtherKinds(bytes);
  const lines = unfold(bytes);
  if (!/^BEGIN:/i.test(lines[0]?.text ?? "")) {
    throw new NotACalendarError("it is not in the iCalendar format");
  }
  if (!lines.some(({ text }) => /^BEGIN:VCALENDAR$/i.test(text))) {
    throw new NotACalendarError("it holds no VCALENDAR");
  }
  const texts = lines.map(({ text }) => text.toUpperCase());
  const isWhole = texts.lastIndexOf("END:VCALENDAR") > texts.lastIndexOf("BEGIN:VCALENDAR");
  const events = collectEvents(lines);
  if (isWhole || events.length > 0) return { events, isWhole };
  throw new NotACalendarError("it is not in the iCalendar format");
}

function collectEvents(lines: readonly CalendarLine[]): EventText[] {
  const events: EventText[] = [];
  let open: CalendarLine[] | null = null;
  let method = "";
  const close = (isWhole: boolean) => {
    const [first] = open ?? [];
    if (open && first) events.push({ line: first.line, lines: open, isWhole, method });
    open = null;
  };
  for (const line of lines) {
    const text = line.text.toUpperCase();
    const isEdge = text === "BEGIN:VCALENDAR" || text === "END:VCALENDAR";
    if (isEdge || text === "BEGIN:VEVENT") close(false);
    if (isEdge) method = "";
    if (text === "BEGIN:VEVENT") open = [line];
    else if (open) open.push(line);
    else if (text.startsWith("METHOD:")) method = text.slice("METHOD:".length);
    if (text === "END:VEVENT") close(true);
  }
  close(false);
  return events;
}

const LF = 0x0a;
const CR = 0x0d;
const BLANK = 0x20;
const TAB = 0x09;

/**
 * Puts folded lines together again, as bytes: programs fold after 75 of them, also within a letter, so that a line
 * decodes only as a whole.
 */
function unfold(bytes: Uint8Array): CalendarLine[] {
  const lines: CalendarLine[] = [];
  let parts: Uint8Array[] = [];
  let first = 1;
  const flush = () => {
    const text = decodeLine(joinBytes(parts), first).trimEnd();
    if (text !== "") lines.push({ line: first, text });
  };
  splitLines(bytes).forEach((part, i) => {
    const isFolded = i > 0 && (part[0] === BLANK || part[0] === TAB);
    if (isFolded) parts.push(part.subarray(1));
    else {
      flush();
      parts = [part];
      first = i + 1;
    }
  });
  flush();
  return lines;
}

function joinBytes(parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const part of parts) {
    joined.set(part, offset);
    offset += part.length;
  }
  return joined;
}

/** Lines end in CRLF, LF or CR. */
function splitLines(bytes: Uint8Array): Uint8Array[] {
  const lines: Uint8Array[] = [];
  let start = 0;
  for (let i = 0; i < bytes.length; i++) {
    if (bytes[i] !== LF && bytes[i] !== CR) continue;
    lines.push(bytes.subarray(start, i));
    if (bytes[i] === CR && bytes[i + 1] === LF) i++;
    start = i + 1;
  }
  return [...lines, bytes.subarray(start)];
}
