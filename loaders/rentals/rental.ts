import type { Stage } from "./stages.ts";

/** A car as its element in the catalog describes it. */
export interface Car {
  /** Of the element. */
  readonly id: number;
  readonly model: string;
  readonly plate: string;
  /** Per rental day, in the currency of the account, above 0. */
  readonly dailyrate: number;
}

/** A client as the element in the catalog describes them. */
export interface Client {
  /** Of the element. */
  readonly id: number;
  readonly name: string;
  readonly license: string;
}

/** A rental as a lead describes it. */
export interface Rental {
  readonly stage: Stage;
  readonly car: Car;
  /** Null: not known. */
  readonly client: Client | null;
  /** The first day. */
  readonly start: Temporal.PlainDate;
  /** The day on which the car comes back: from that day on somebody else may have it. */
  readonly end: Temporal.PlainDate;
  /** Whole money of the account's currency. */
  readonly price: number;
}
