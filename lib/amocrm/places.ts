/** A place among a few. Disposing it gives it back. */
export interface Place extends Disposable {
  /** Waits until one is free, in the order of those who ask; at once when it is taken already. */
  take(): Promise<void>;
}

/** So many places; each call gives one that is yet to be taken. */
export function createPlaces(count: number): () => Place {
  let free = count;
  const waiting: (() => void)[] = [];
  const giveBack = () => {
    const next = waiting.shift();
    if (next) next();
    else free++;
  };
  return () => {
    let state: "outside" | "inside" | "gone" = "outside";
    return {
      async take() {
        if (state !== "outside") return;
        if (free > 0) free--;
        else await new Promise<void>((resolve) => waiting.push(resolve));
        // Whoever asked may have given up meanwhile.
        if (isGone(state)) giveBack();
        else state = "inside";
      },
      [Symbol.dispose]() {
        if (state === "inside") giveBack();
        state = "gone";
      },
    };
  };
}

/** A function, because the compiler does not expect what happens while somebody waits. */
function isGone(state: "outside" | "inside" | "gone"): boolean {
  return state === "gone";
}
