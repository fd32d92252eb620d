import type { Filter } from "./page.ts";

/** Each filter, and the parameters that it has in an address. */
export const PARAMETERS_OF: Readonly<Record<Filter, readonly string[]>> = {
  period: ["from", "to"],
  car: ["car"],
  model: ["model"],
  as_of: ["as_of"],
};

/** The parameters that mean the same on every page, in the order of an address. */
export const COMMON_PARAMETERS: readonly string[] = [
  ...Object.values(PARAMETERS_OF).flat(),
  "lang",
];
