/** `TEST_CASES=10 deno task test tests/sql` tries ten times as many random cases as CI does. */
const TIMES = Number(Deno.env.get("TEST_CASES") ?? 1);

/**
 * How many random cases a property test tries on each kind of warehouse. The SQL is the same on both, and a case
 * costs a multiple on the embedded one: so the server gets the many, and the embedded one shows that it agrees.
 */
export function casesOn({ embedded, server }: { embedded: number; server: number }): {
  readonly embedded: number;
  readonly server: number;
} {
  return { embedded: embedded * TIMES, server: server * TIMES };
}
