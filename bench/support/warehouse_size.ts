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

/** Several sizes, each of a warehouse of its own, and how many days of a kind are measured in it. */
export interface WarehouseSizes extends Omit<WarehouseSize, "leads"> {
  readonly leads: readonly number[];
  readonly rounds: number;
}

/** As `readSize`, for a benchmark of several sizes and rounds: `--leads 200000,1000000 --rounds 3`. */
export function readSizes(
  bench: string,
  { changed, rounds }: { readonly changed: number; readonly rounds: number },
): WarehouseSizes {
  return withChanged(bench, changed)
    .option("--leads <counts>", "leads in the warehouse; several with commas", toCounts, [200_000])
    .option("--rounds <count>", "days of each kind that are measured", toCount, rounds)
    .parse(Deno.args, { from: "user" })
    .opts<WarehouseSizes>();
}

function withChanged(bench: string, changed: number): Command {
  return new Command(bench)
    .option("--changed <count>", "leads that change", Number, changed)
    .option("--json", "hand the tables over as JSON");
}

function toCount(text: string): number {
  const [count, ...others] = toCounts(text);
  if (count !== undefined && others.length === 0) return count;
  throw new InvalidArgumentError("Expected a whole number, e.g. 3.");
}

function toCounts(text: string): number[] {
  const counts = text.split(",").map(Number);
  if (counts.every((one) => Number.isSafeInteger(one) && one > 0)) return counts;
  throw new InvalidArgumentError("Expected whole numbers with commas, e.g. 200000,1000000.");
}
