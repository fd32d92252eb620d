import { lookupKey } from "../../lib/landing/records/lookup_key.ts";
import type { CalendarLead } from "./calendar_matching.ts";
import type { ExistingLead } from "./existing_leads.ts";

/**
 * The leads of earlier imports that are the same rentals under other UIDs, since some portals give an event a new
 * one with each export: of the same car and days, and not of another client. A lead of which the calendar speaks by
 * its own UID is not among `leads`.
 *
 * A cancelled rental is not adopted and adopts nothing: on its days the car may have been given to somebody else.
 */
export function adoptLeads(
  rentals: readonly CalendarLead[],
  leads: readonly ExistingLead[],
): ReadonlyMap<CalendarLead, ExistingLead> {
  const free = new Set(leads.filter(({ stage }) => stage !== "cancelled"));
  const adopted = new Map<CalendarLead, ExistingLead>();
  for (const rental of rentals) {
    if (rental.stage === "cancelled") continue;
    const lead = [...free].find((one) => isSame(rental, one));
    if (!lead) continue;
    adopted.set(rental, lead);
    free.delete(lead);
  }
  return adopted;
}

function isSame({ car, client, start, end }: CalendarLead, lead: ExistingLead): boolean {
  const isSameCar = lead.carId === car.id ||
    (lead.plate !== null && lookupKey(lead.plate) === lookupKey(car.plate));
  const isOtherClient = client !== null && lead.license !== null &&
    lookupKey(lead.license) !== lookupKey(client.license);
  return isSameCar && !isOtherClient && lead.rental_start === start.toString() &&
    lead.rental_end === end.toString();
}
