import { endQuietly } from "./script.ts";

/**
 * Burns every core of the machine until it is disposed of, and no longer than `seconds`.
 *
 * Processes, not threads: what is measured beside them then has to ask the operating system for its turn.
 */
export function burnCores(seconds: number): AsyncDisposable {
  const code = `const end = Date.now() + ${seconds * 1000}; while (Date.now() < end);`;
  const burners = Array.from(
    { length: navigator.hardwareConcurrency },
    () => new Deno.Command(Deno.execPath(), { args: ["eval", code] }).spawn(),
  );
  return {
    [Symbol.asyncDispose]: async () => {
      for (const burner of burners) endQuietly(burner);
      await Promise.all(burners.map(({ status }) => status));
    },
  };
}
