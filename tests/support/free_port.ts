/** Below those that systems give to connections (Linux from 32768, others from 49152): no connection takes one meanwhile. */
const FIRST = 20_000;
const COUNT = 10_000;

/** A port of loopback on which nobody listens, for a process that is to listen there soon. */
export function takeFreePort(): number {
  while (true) {
    const port = FIRST + Math.floor(Math.random() * COUNT);
    try {
      Deno.listen({ hostname: "127.0.0.1", port }).close();
      return port;
    } catch (error) {
      if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    }
  }
}
