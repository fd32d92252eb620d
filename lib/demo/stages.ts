/** The stages of the demo's pipeline, in their order; won and lost have fixed ids in amoCRM. */
export const STAGE_NAMES = {
  inquiry: "Inquiry",
  quote: "Quote Sent",
  deposit: "Deposit Pending",
  confirmed: "Confirmed",
  on_rent: "On Rent",
  returned: "Returned",
  closed: "Closed",
  cancelled: "Cancelled / No-show",
} as const;

export type Stage = keyof typeof STAGE_NAMES;

/** Ids of the statuses that amoCRM has in every pipeline. */
export const WON = 142;
export const LOST = 143;

/** How many leads the demo starts with in each stage. */
export const LEADS_AT_START: Readonly<Record<Stage, number>> = {
  on_rent: 6,
  returned: 25,
  closed: 6,
  confirmed: 20,
  deposit: 12,
  quote: 12,
  inquiry: 15,
  cancelled: 16,
};
