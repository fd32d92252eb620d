/** Replaces `setTimeout` and `clearTimeout` until disposed; time passes by `tick` alone. */
export class FakeTime implements Disposable {
  readonly #real = { setTimeout: globalThis.setTimeout, clearTimeout: globalThis.clearTimeout };
  readonly #timers = new Map<number, { readonly dueMs: number; readonly run: () => void }>();
  #nowMs = 0;
  #lastId = 0;

  constructor() {
    const start = (run: () => void, delayMs = 0): number => {
      this.#timers.set(++this.#lastId, { dueMs: this.#nowMs + delayMs, run });
      return this.#lastId;
    };
    Object.assign(globalThis, {
      setTimeout: start,
      clearTimeout: (id: number) => this.#timers.delete(id),
    });
  }

  /** Lets so much time pass and runs what falls due, in its order. */
  tick(durationMs: number): void {
    const endMs = this.#nowMs + durationMs;
    for (let next = this.#next(endMs); next; next = this.#next(endMs)) {
      const [id, { dueMs, run }] = next;
      this.#timers.delete(id);
      this.#nowMs = dueMs;
      run();
    }
    this.#nowMs = endMs;
  }

  #next(endMs: number) {
    return [...this.#timers].filter(([, timer]) => timer.dueMs <= endMs)
      .sort(([, a], [, b]) => a.dueMs - b.dueMs)[0];
  }

  [Symbol.dispose](): void {
    Object.assign(globalThis, this.#real);
  }
}
