import { Command } from "commander";

/** How many leads a benchmark has in the warehouse, and how many of them change. */
export interface WarehouseSize {
  readonly leads: number;
  readonly changed: number;
}

/** Reads `--leads` (200,000 unless told) and `--changed` of the command line. */
export function readSize(bench: string, changed: number): WarehouseSize {
  return new Command(bench)
    .option("--leads <count>", "leads in the warehouse", Number, 200_000)
    .option("--changed <count>", "leads that change", Number, changed)
    .parse(Deno.args, { from: "user" })
    .opts<WarehouseSize>();
}
