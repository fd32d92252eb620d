import type { Faker } from "@faker-js/faker";
import type { DayCounting } from "../../loaders/rentals/rental_days.ts";
import type { Company, Day } from "./company.ts";
import { createFirstDays } from "./first_days.ts";
import type { LeadBook } from "./lead_book.ts";
import { createUsualDays } from "./usual_days.ts";

/** The days whose story is always the same, whatever the season. */
const FIRST_DAYS = 5;

/** The business of a lead book; what it does depends on the state of `faker` alone. */
export function createRentalBusiness(faker: Faker, book: LeadBook, counting: DayCounting): Day {
  const company: Company = {
    faker,
    book,
    counting,
    chance: (percent) => faker.number.int({ min: 1, max: 100 }) <= percent,
    inStage: (stage) => book.leads.filter((lead) => lead.stage === stage),
  };
  const first = createFirstDays(company);
  const usual = createUsualDays(company);
  return (day, date, at) => (day <= FIRST_DAYS ? first : usual)(day, date, at);
}
