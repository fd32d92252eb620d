// Values of these are objects without a text of their own, or true and false, which no column can mean.
const UNREADABLE = new Set([
  "checkbox",
  "chained_list",
  "file",
  "items",
  "legal_entity",
  "linked_entity",
  "payer",
  "supplier",
]);
// Values of these are unix seconds: as a text or a number they would be read without an error, and be wrong.
const TIMES = new Set(["date", "date_time", "birthday"]);
// Values of these are texts of digits, which as a time could be seconds as well as 20260503.
const AMOUNTS = new Set(["numeric", "monetary", "price"]);

/**
 * Whether a field of type `type` can fill a column whose own type is `wanted` (see `WANTED_FIELDS`).
 *
 * Types that people type into or choose from carry everything: each value is parsed, and rejected where it is
 * no number or no date. So does a type that amoCRM may add one day.
 */
export function canCarry(wanted: WantedType, type: string): boolean {
  if (UNREADABLE.has(type)) return false;
  return wanted === "date" || wanted === "birthday" ? !AMOUNTS.has(type) : !TIMES.has(type);
}

/** For messages: "expected …". */
export function describeCarriers(wanted: WantedType): string {
  return {
    text: "text",
    numeric: "numeric or text",
    date: "date, date_time or text",
    birthday: "date or text",
  }[
    wanted
  ];
}

/** What a field gets when a loader creates it. */
export type WantedType = "text" | "numeric" | "date" | "birthday";
