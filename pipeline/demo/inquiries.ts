import type { Faker } from "@faker-js/faker";
import { busyDays } from "../../loaders/rentals/bookings.ts";
import { planLeads, type PlannedLead } from "../../loaders/rentals/lead_plan.ts";
import type { DayCounting } from "../../loaders/rentals/rental_days.ts";
import type { LeadBook } from "./lead_book.ts";

/** Inquiries for days on which the cars are free. */
export function planInquiries(
  count: number,
  faker: Faker,
  { leads, cars, clients }: LeadBook,
  today: Temporal.PlainDate,
  counting: DayCounting,
): PlannedLead[] {
  const open = leads.filter(({ stage }) => stage !== "cancelled");
  const busy = busyDays(open.map(({ car, start, end }) => ({ carId: car.id, start, end })), today);
  const wanted = Array.from({ length: count }, (_, i) => ({
    number: i + 1,
    stage: "inquiry",
  } as const));
  return planLeads(wanted, { faker, cars, clients, today, counting, busy });
}
