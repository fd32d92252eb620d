import { Command, InvalidArgumentError } from "commander";

/** How many leads a benchmark has in the warehouse, and how many of them change. */
export interface WarehouseSize {
  readonly leads: number;
  readonly changed: number;
  /** Hand the tables over as JSON. */
  readonly json?: boolean;
}

/** Reads `--leads` (200,000 unless told), `--changed` and `--json` of the command line. */
export function readSize(bench: string, changed: number): WarehouseSize {
  return withChanged(bench, changed)
    .option("--leads <count>", "leads in the warehouse", Number, 200_000)
    .parse(Deno.args, { from: "user" })
    .opts<WarehouseSize>();
}

/** As `readSize`, for a benchmark that takes several sizes, each in a warehouse of its own: `--leads 200000,1000000`. */
export function readSizes(
  bench: string,
  changed: number,
): Omit<WarehouseSize, "leads"> & { readonly leads: readonly number[] } {
  return withChanged(bench, changed)
    .option("--leads <counts>", "leads in the warehouse; several with commas", toCounts, [200_000])
    .parse(Deno.args, { from: "user" })
    .opts<Omit<WarehouseSize, "leads"> & { readonly leads: readonly number[] }>();
}

function withChanged(bench: string, changed: number): Command {
  return new Command(bench)
    .option("--changed <count>", "leads that change", Number, changed)
    .option("--json", "hand the tables over as JSON");
}

function toCounts(text: string): number[] {
  const counts = text.split(",").map(Number);
  if (counts.every((one) => Number.isSafeInteger(one) && one > 0)) return counts;
  throw new InvalidArgumentError("Expected whole numbers with commas, e.g. 200000,1000000.");
}
