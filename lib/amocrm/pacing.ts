import pThrottle from "p-throttle";

/** Decides when the requests of one account leave; shared by all clients of this process. */
export interface Pacer {
  /** Resolves when the next request may leave, which it then must do at once. */
  slot(): Promise<Departure>;
  /** After a 429: every request takes two slots for the next 30 s. */
  slowDown(): void;
  /** Requests a second from now on, when that is fewer than so far. */
  lowerTo(requestsPerSecond: number): void;
}

/** A request that left; whoever took the slot says how it went on, whatever comes. */
export interface Departure {
  /** The head of its answer is here. */
  answered(): void;
  /** It ended without an answer, or did not leave at all; means nothing after `answered`. */
  failed(): void;
}

const SLOW_MS = 30_000;
/** What the fastest of the last answers still had of delay, and the account's own rounding of time. */
const MARGIN_MS = 25;
/** Of so many answers the fastest one says what the way there and back takes. */
const REMEMBERED_ANSWERS = 20;
/** After this time without a request connections are closed, and the fastest answer says nothing any more. */
const COLD_MS = 30_000;

const pacers = new Map<string, Pacer>();

/**
 * The pacer of an account: amoCRM counts requests per account, so all clients of one origin share it.
 *
 * When clients ask for different rates, the lowest one holds for all of them from then on.
 */
export function sharedPacer(origin: string, requestsPerSecond: number): Pacer {
  const known = pacers.get(origin);
  if (known) {
    known.lowerTo(requestsPerSecond);
    return known;
  }
  const pacer = createPacer(requestsPerSecond);
  pacers.set(origin, pacer);
  return pacer;
}

/** `nowMs` is monotonic; `createSlots` gives a function that resolves once per interval of a rate. */
export interface PacerParts {
  readonly nowMs?: () => number;
  readonly createSlots?: (requestsPerSecond: number) => () => Promise<void>;
}

/**
 * A pacer of its own: evenly spaced departures, and never more than `requestsPerSecond` **arrivals** a second.
 *
 * The account counts when requests arrive, and only departures are ours. A request that was slow on its way
 * (a cold connection, a busy machine) is overtaken by later ones, so even departures prove nothing. What is
 * known: it arrived before its answer did, by at least the way back. An answer that took longer than the
 * fastest one may have lost all of the difference on the way out, so a request holds its place for a second
 * counted from (time of its answer - fastest answer), and one without an answer holds it until there is one.
 * The first request goes alone until it is answered: nothing is known of the way before.
 */
export function createPacer(requestsPerSecond: number, parts: PacerParts = {}): Pacer {
  const { nowMs = () => performance.now(), createSlots = throttleEvenly } = parts;
  let rate = requestsPerSecond;
  let nextSlot = createSlots(rate);
  let slowUntilMs = -Infinity;
  let turn: Promise<unknown> = Promise.resolve();
  const room = createRoom(() => rate, nowMs);
  const take = async () => {
    do {
      await room.wait();
      await nextSlot();
      if (nowMs() < slowUntilMs) await nextSlot();
      // Answers that came meanwhile may have shown a faster way, by which older requests arrived later.
    } while (!room.isFree());
    return room.depart();
  };
  return {
    slot() {
      // One after the other: requests that wait for their second slots together would leave in a burst.
      const mine = turn.then(take);
      turn = mine;
      return mine;
    },
    slowDown() {
      slowUntilMs = nowMs() + SLOW_MS;
    },
    lowerTo(lower) {
      if (lower >= rate) return;
      rate = lower;
      nextSlot = createSlots(rate);
      // A burnt slot, or the next request could follow the last one of the old rate too closely.
      void nextSlot();
    },
  };
}

/** A request that may count at the account; `endedMs` is null while it is under way. */
interface Flight {
  readonly departedMs: number;
  endedMs: number | null;
  isAnswered: boolean;
}

/** Who holds a place in the account's second. */
function createRoom(rate: () => number, nowMs: () => number) {
  let flights: Flight[] = [];
  let waysMs: number[] = [];
  let lastEndMs = -Infinity;
  let wake = () => {};

  const leavesAt = ({ departedMs, endedMs, isAnswered }: Flight) => {
    if (endedMs === null) return Infinity;
    const arrivedMs = isAnswered ? Math.max(departedMs, endedMs - Math.min(...waysMs)) : endedMs;
    return arrivedMs + placesOf(rate()).windowMs + MARGIN_MS;
  };
  const isFree = () => {
    const now = nowMs();
    flights = flights.filter((flight) => leavesAt(flight) > now);
    const underWay = flights.filter(({ endedMs }) => endedMs === null).length;
    if (underWay === 0 && now - lastEndMs > COLD_MS) waysMs = [];
    return waysMs.length === 0 ? underWay === 0 : flights.length < placesOf(rate()).places;
  };
  const end = (flight: Flight, isAnswered: boolean) => {
    if (flight.endedMs !== null) return;
    flight.endedMs = lastEndMs = nowMs();
    flight.isAnswered = isAnswered;
    if (isAnswered) {
      waysMs = [...waysMs, flight.endedMs - flight.departedMs].slice(-REMEMBERED_ANSWERS);
    }
    wake();
  };
  return {
    isFree,
    async wait(): Promise<void> {
      while (!isFree()) {
        const waitMs = Math.min(...flights.map(leavesAt)) - nowMs();
        await new Promise<void>((resolve) => {
          // Nobody's place has an end while nobody is answered: an answer wakes then.
          const timer = Number.isFinite(waitMs)
            ? setTimeout(resolve, Math.max(1, Math.ceil(waitMs)))
            : undefined;
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
    },
    depart(): Departure {
      const flight: Flight = { departedMs: nowMs(), endedMs: null, isAnswered: false };
      flights.push(flight);
      return { answered: () => end(flight, true), failed: () => end(flight, false) };
    },
  };
}

/** 7 a second are 7 places of a second; 2.5 a second are 3 places of 1.2 s. */
function placesOf(rate: number): { places: number; windowMs: number } {
  const places = Math.ceil(rate);
  return { places, windowMs: (places / rate) * 1000 };
}

function throttleEvenly(requestsPerSecond: number): () => Promise<void> {
  // One per interval, not seven per second: bursts are what a server's jitter turns into 429s. `weight`
  // makes p-throttle check the distance again when a timer fires late, else two would leave back to back.
  return pThrottle({
    limit: 1,
    interval: Math.ceil(1000 / requestsPerSecond),
    strict: true,
    weight: () => 1,
  })(() => Promise.resolve());
}
