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

/** Whether a parameter says which part of a list is shown, as "page" and "bookings_page" do. */
export function isPageNumber(parameter: string): boolean {
  return /(^|_)page$/.test(parameter);
}
