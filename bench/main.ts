// Runs every benchmark of this folder, one after the other, because side by side they would measure each other.
//
//     deno task bench

/** Runs the benchmarks in the order of their names; 0 when each ended with 0, else 1. */
async function main(): Promise<number> {
  const names = (await Array.fromAsync(Deno.readDir(import.meta.dirname ?? ".")))
    .map(({ name }) => name).filter((name) => name.endsWith("_bench.ts")).sort();
  let failed = 0;
  for (const name of names) {
    console.log(`\n== ${name}`);
    const { success } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-q", "-A", "--v8-flags=--expose-gc", `${import.meta.dirname}/${name}`],
    }).spawn().status;
    if (!success) failed++;
  }
  return failed === 0 ? 0 : 1;
}

if (import.meta.main) Deno.exit(await main());
