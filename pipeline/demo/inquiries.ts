import { busyDays } from "../../loaders/rentals/bookings.ts";
import { planLeads, type PlannedLead } from "../../loaders/rentals/lead_plan.ts";
import type { Company } from "./company.ts";

/** Inquiries for days on which the cars are free. */
export function planInquiries(
  count: number,
  { faker, book: { leads, cars, clients }, counting }: Company,
  today: Temporal.PlainDate,
): PlannedLead[] {
  const open = leads.filter(({ stage }) => stage !== "cancelled");
  const busy = busyDays(open.map(({ car, start, end }) => ({ carId: car.id, start, end })), today);
  const wanted = Array.from({ length: count }, (_, i) => ({
    number: i + 1,
    stage: "inquiry",
  } as const));
  return planLeads(wanted, { faker, cars, clients, today, counting, busy });
}
