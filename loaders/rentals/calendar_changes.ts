import { linkedElementIds } from "../../lib/landing/records/lead_record.ts";
import type { CalendarLead } from "./calendar_matching.ts";
import type { ExistingLead } from "./existing_leads.ts";
import { type LeadContent, toContent } from "./lead_content.ts";
import type { ElementLink } from "./lead_links.ts";
import type { RentalAccount } from "./rental_account.ts";
import { countRentalDays, type DayCounting } from "./rental_days.ts";
import { type Stage, STAGES } from "./stages.ts";

/** A lead that is there, and what the calendar has differently. */
export interface LeadChange {
  readonly lead: ExistingLead;
  readonly rental: CalendarLead;
  /** The changed parts. */
  readonly content: Partial<LeadContent>;
}

/** What an import changes. */
export interface CalendarChanges {
  readonly created: readonly CalendarLead[];
  /** The leads that are there, also those of which nothing changes. */
  readonly found: readonly LeadChange[];
  readonly linked: readonly ElementLink[];
  /** Links to cars and clients that a lead no longer has anything to do with. */
  readonly unlinked: readonly ElementLink[];
  /** Leads of earlier imports of which the calendar says nothing. */
  readonly others: readonly ExistingLead[];
}

/**
 * Compares a calendar with the leads that were imported by the same UIDs; of two leads with one UID the first
 * counts. `uidOf` reads it.
 *
 * The calendar decides on car, client and days. What people did in the CRM stays: a lead goes only forward in its
 * stages, and its price and rate are touched only when its car or days change.
 */
export function compareWithCalendar(
  rentals: readonly CalendarLead[],
  existing: readonly ExistingLead[],
  uidOf: (lead: ExistingLead) => string | null,
  account: RentalAccount,
  counting: DayCounting,
): CalendarChanges {
  const leadByUid = new Map(existing.toReversed().map((lead) => [uidOf(lead), lead]));
  const found = rentals.flatMap((rental) => {
    const lead = leadByUid.get(rental.event.uid);
    return lead ? [{ lead, rental, content: changesOf(lead, rental, account, counting) }] : [];
  });
  const known = new Set(found.map(({ rental }) => rental));
  const leads = new Set(found.map(({ lead }) => lead));
  return {
    created: rentals.filter((rental) => !known.has(rental)),
    found,
    linked: found.flatMap((pair) => missingLinks(pair, account)),
    unlinked: found.flatMap((pair) => wrongLinks(pair, account)),
    others: existing.filter((lead) => uidOf(lead) !== null && !leads.has(lead)),
  };
}

type Pair = Pick<LeadChange, "lead" | "rental">;

function changesOf(
  lead: ExistingLead,
  rental: CalendarLead,
  account: RentalAccount,
  counting: DayCounting,
): Partial<LeadContent> {
  const wanted = toContent(rental, account);
  const isOtherCar = lead.plate !== wanted.plate;
  const isMoved = lead.rental_start !== wanted.rental_start ||
    lead.rental_end !== wanted.rental_end;
  const isOtherClient = rental.client !== null &&
    (lead.license !== wanted.license || lead.client_name !== wanted.client_name);
  const rate = isOtherCar ? rental.car.dailyrate : lead.dailyrate ?? rental.car.dailyrate;
  const days = countRentalDays(rental.start, rental.end, counting);
  return {
    ...(isOtherCar ? { plate: wanted.plate, model: wanted.model, dailyrate: rate } : {}),
    ...(isMoved ? { rental_start: wanted.rental_start, rental_end: wanted.rental_end } : {}),
    ...(isOtherCar || isMoved ? { price: Math.round(rate * days) } : {}),
    ...(isOtherClient ? { client_name: wanted.client_name, license: wanted.license } : {}),
    ...(isForward(lead.stage, rental.stage) ? { statusId: wanted.statusId } : {}),
  };
}

/** Whether a lead may go from where people have put it to where the calendar sees it. */
function isForward(from: Stage | null, to: Stage): boolean {
  // A stage of the account's own, or the end: not the calendar's business.
  if (from === null || from === "closed" || from === "cancelled") return false;
  if (to === "cancelled") return from !== "returned";
  return STAGES.indexOf(to) > STAGES.indexOf(from);
}

/** The elements of each catalog that the lead should be linked to, and those that it is. */
function comparedLinks({ lead, rental }: Pair, account: RentalAccount) {
  return [
    { catalogId: account.carsCatalogId, wanted: rental.car.id },
    { catalogId: account.clientsCatalogId, wanted: rental.client?.id ?? null },
  ].map((one) => ({ ...one, actual: linkedElementIds(lead.record, one.catalogId) }));
}

function missingLinks(pair: Pair, account: RentalAccount): ElementLink[] {
  return comparedLinks(pair, account).flatMap(({ catalogId, wanted, actual }) =>
    wanted === null || actual.includes(wanted)
      ? []
      : [{ leadId: pair.lead.id, elementId: wanted, catalogId }]
  );
}

function wrongLinks(pair: Pair, account: RentalAccount): ElementLink[] {
  return comparedLinks(pair, account).flatMap(({ catalogId, wanted, actual }) =>
    // A calendar that knows no client says nothing against the one whom people have linked.
    wanted === null ? [] : actual.filter((id) => id !== wanted)
      .map((elementId) => ({ leadId: pair.lead.id, elementId, catalogId }))
  );
}
