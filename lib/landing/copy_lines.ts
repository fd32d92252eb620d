import { MOST_UTF8_BYTES } from "./utf8.ts";

/** Lines of COPY in one piece of memory, which is used again: as texts they would outlive what is made of them. */
export interface CopyLines {
  /** Adds to the line that is being written; bytes are copied. */
  write(part: string | Uint8Array): void;
  /** Ends the line, and returns its number, from 0. */
  end(): number;
  /** The part of the line of this number that was written last. */
  lastPart(number: number): string;
  /** The lines of these numbers in pieces, which are good until the lines are forgotten. */
  read(numbers: readonly number[]): Generator<Uint8Array<ArrayBuffer>, void, undefined>;
  /** Forgets all lines. */
  clear(): void;
}

const FIRST_BYTES = 1024 * 1024;
/** The driver copies each: larger ones would get memory of their own from the system each time, at ten times the cost. */
const PIECE_BYTES = 32 * 1024;

/** Room for lines, which grows to what the largest batch of them needs. */
export function createCopyLines(): CopyLines {
  const encoder = new TextEncoder();
  const decoder = new TextDecoder();
  let room = new Uint8Array(FIRST_BYTES);
  let used = 0;
  let ends: number[] = [];
  let lastStart = 0;
  let lastStarts: number[] = [];
  const reserve = (bytes: number) => {
    if (used + bytes <= room.length) return;
    const larger = new Uint8Array(Math.max(room.length * 2, used + bytes));
    larger.set(room.subarray(0, used));
    room = larger;
  };
  return {
    write(part) {
      lastStart = used;
      if (typeof part === "string") {
        reserve(part.length * MOST_UTF8_BYTES);
        used += encoder.encodeInto(part, room.subarray(used)).written;
      } else {
        reserve(part.length);
        room.set(part, used);
        used += part.length;
      }
    },
    end() {
      lastStarts.push(lastStart);
      return ends.push(used) - 1;
    },
    lastPart: (number) => decoder.decode(room.subarray(lastStarts[number], ends[number])),
    *read(numbers) {
      // Lines that follow one another go together.
      for (let i = 0; i < numbers.length;) {
        const first = numbers[i] ?? 0;
        let last = first;
        while (numbers[++i] === last + 1) last++;
        const end = ends[last] ?? 0;
        for (let at = ends[first - 1] ?? 0; at < end; at += PIECE_BYTES) {
          yield room.subarray(at, Math.min(end, at + PIECE_BYTES));
        }
      }
    },
    clear() {
      used = 0;
      ends = [];
      lastStarts = [];
    },
  };
}
