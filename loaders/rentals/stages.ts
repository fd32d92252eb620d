/** The stages of the rental pipeline, in their order, with the names that the account gives them. */
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

/** The keys of `STAGE_NAMES`, in order. */
export const STAGES: readonly Stage[] = Object.keys(STAGE_NAMES).filter(isStage);

function isStage(text: string): text is Stage {
  return Object.hasOwn(STAGE_NAMES, text);
}

/** Ids of the statuses that amoCRM has in every pipeline. */
export const WON = 142;
export const LOST = 143;

/** Stages in which a car is promised to a client: what the warehouse counts as a booking. */
export const BOOKED: ReadonlySet<Stage> = new Set(["confirmed", "on_rent", "returned", "closed"]);
