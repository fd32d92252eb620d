// Runs the benchmarks of this folder, one after the other, because side by side they would measure each other; or the
// one that is named, with its own options.
//
//     deno task bench
//     deno task bench day --leads 1000000

/** Runs the benchmarks in the order of their names, or the named one; 0 when each ended with 0, else 1. */
async function main([name, ...options]: readonly string[]): Promise<number> {
  const names = (await Array.fromAsync(Deno.readDir(import.meta.dirname ?? ".")))
    .map((entry) => entry.name).filter((file) => file.endsWith("_bench.ts")).sort();
  if (name === undefined) {
    const codes: number[] = [];
    for (const file of names) codes.push(await runBench(file, []));
    return codes.every((code) => code === 0) ? 0 : 1;
  }
  if (names.includes(`${name}_bench.ts`)) return await runBench(`${name}_bench.ts`, options);
  const known = names.map((file) => file.replace("_bench.ts", "")).join(", ");
  console.error(`Cannot run the benchmark "${name}": there is none, expected one of ${known}`);
  return 2;
}

async function runBench(file: string, options: readonly string[]): Promise<number> {
  console.log(`\n== ${file}`);
  const { code } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "-q",
      "-A",
      "--v8-flags=--expose-gc",
      `${import.meta.dirname}/${file}`,
      ...options,
    ],
  }).spawn().status;
  return code;
}

if (import.meta.main) Deno.exit(await main(Deno.args));
