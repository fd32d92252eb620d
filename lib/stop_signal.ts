/** The process was asked to end; what it was on can go on elsewhere, or later. */
export class StopError extends Error {
  override readonly name = "StopError";
}

/** Says when the process is asked to end. */
export interface StopSignal extends Disposable {
  /** Aborts with a `StopError` on SIGINT and SIGTERM; a second one ends the process at once. */
  readonly signal: AbortSignal;
}

/** Listens for SIGINT and SIGTERM until disposed. */
export function listenForStop(): StopSignal {
  const controller = new AbortController();
  const names: Deno.Signal[] = ["SIGINT", "SIGTERM"];
  const listeners = names.map((name) => {
    const listener = () => {
      remove();
      controller.abort(new StopError(`stopped by ${name}`));
    };
    Deno.addSignalListener(name, listener);
    return { name, listener };
  });
  const remove = () => {
    for (const { name, listener } of listeners.splice(0)) Deno.removeSignalListener(name, listener);
  };
  return { signal: controller.signal, [Symbol.dispose]: remove };
}

/** Waits for the signal and returns why it came. */
export async function untilStopped(signal: AbortSignal): Promise<StopError> {
  if (!signal.aborted) {
    await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
  }
  return signal.reason instanceof StopError ? signal.reason : new StopError("stopped");
}
