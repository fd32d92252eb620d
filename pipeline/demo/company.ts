import type { Faker } from "@faker-js/faker";
import type { DayCounting } from "../../loaders/rentals/rental_days.ts";
import type { Stage } from "../../loaders/rentals/stages.ts";
import type { Lead, LeadBook } from "./lead_book.ts";

/** What happened on a day, in sentences for people. */
export type DayNotes = readonly string[];

/** Lives through a day; `at` moves the account's clock to an hour of it. Day 1 is the first one. */
export type Day = (
  day: number,
  date: Temporal.PlainDate,
  at: (time: string) => Temporal.ZonedDateTime,
) => Promise<DayNotes>;

/** What the parts of a company share. */
export interface Company {
  readonly faker: Faker;
  readonly book: LeadBook;
  readonly counting: DayCounting;
  /** Whether something happens that does so in `percent` of cases. */
  chance(percent: number): boolean;
  inStage(stage: Stage): Lead[];
}

/** Leads to be written together, and what is told of them. */
export interface Changes {
  readonly changed: Set<Lead>;
  readonly notes: string[];
}
