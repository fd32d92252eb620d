import { linkedElementIds } from "../../lib/landing/records/lead_record.ts";
import { toStoredUid } from "../fields/uid_field.ts";
import {
  type CalendarCancellation,
  type CalendarProblem,
  type EventPlace,
  placeOf,
} from "./calendar.ts";
import { adoptLeads } from "./calendar_adoption.ts";
import type { CalendarLead, MatchedCalendar } from "./calendar_matching.ts";
import type { ExistingLead } from "./existing_leads.ts";
import { type LeadContent, toContent } from "./lead_content.ts";
import type { ElementLink } from "./lead_links.ts";
import type { RentalAccount } from "./rental_account.ts";
import { type DayCounting, priceOf } from "./rental_days.ts";
import { type Stage, STAGES } from "./stages.ts";

/** A lead that is there, and what the calendar has differently. */
export interface LeadChange {
  readonly lead: ExistingLead;
  readonly event: EventPlace;
  /** The changed parts. */
  readonly content: Partial<LeadContent>;
  /** The UID that the lead takes over, as it is kept; null: it has it. */
  readonly uid: string | null;
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
  readonly notes: readonly CalendarProblem[];
}

/** What a calendar is compared by. */
export interface Comparison {
  readonly account: RentalAccount;
  readonly counting: DayCounting;
  /** The UID, as it is kept, that a lead was imported by; null for other leads. */
  uidOf(lead: ExistingLead): string | null;
}

/**
 * Compares a calendar with the leads that were imported before: those of the same UIDs, of two leads with one UID
 * the first; and those that `adoptLeads` finds under another UID.
 *
 * The calendar decides on car, client and days. What people did in the CRM stays: a lead goes only forward in its
 * stages, and its price and rate are touched only when its car or days change. A cancelled event changes nothing but
 * the stage: some say little more than that.
 */
export function compareWithCalendar(
  { leads: rentals, cancellations }: Pick<MatchedCalendar, "leads" | "cancellations">,
  existing: readonly ExistingLead[],
  comparison: Comparison,
): CalendarChanges {
  const { account, uidOf } = comparison;
  const leadByUid = new Map(existing.toReversed().map((lead) => [uidOf(lead), lead]));
  const byUid = (event: { readonly uid: string }) => leadByUid.get(toStoredUid(event.uid));
  const spoken = new Set(
    [...rentals.map(({ event }) => event), ...cancellations].flatMap((event) => byUid(event) ?? []),
  );
  const strangers = existing.filter((lead) => uidOf(lead) !== null && !spoken.has(lead));
  const adopted = adoptLeads(rentals.filter(({ event }) => !byUid(event)), strangers);
  const pairs = rentals.flatMap((rental): Pair[] => {
    const lead = byUid(rental.event) ?? adopted.get(rental);
    return lead
      ? [{ lead, rental, uid: adopted.has(rental) ? toStoredUid(rental.event.uid) : null }]
      : [];
  });
  const paired = new Set(pairs.map(({ rental }) => rental));
  const kept = pairs.filter(({ rental }) => rental.stage !== "cancelled");
  const known = new Set([...spoken, ...adopted.values()]);
  return {
    created: rentals.filter((rental) => !paired.has(rental)),
    found: [
      ...pairs.map((pair) => toChange(pair, comparison)),
      ...cancellations.flatMap((event) => cancel(event, byUid(event), account)),
    ],
    linked: kept.flatMap((pair) => missingLinks(pair, account)),
    unlinked: kept.flatMap((pair) => wrongLinks(pair, account)),
    others: strangers.filter((lead) => !known.has(lead)),
    notes: [
      ...adoptionNotes(adopted),
      ...cancellations.flatMap((event) =>
        byUid(event) ? [] : [{
          ...placeOf(event),
          reason: "is cancelled and was not imported before: nothing to do",
        }]
      ),
    ],
  };
}

interface Pair {
  readonly lead: ExistingLead;
  readonly rental: CalendarLead;
  /** What the lead takes over when it is adopted. */
  readonly uid: string | null;
}

function adoptionNotes(
  adopted: ReadonlyMap<CalendarLead, ExistingLead>,
): CalendarProblem[] {
  return [...adopted].map(([{ event }, lead]) => ({
    ...placeOf(event),
    reason:
      `its car and days are those of lead ${lead.id}, imported under another UID: taken for the same rental`,
  }));
}

function toChange({ lead, rental, uid }: Pair, comparison: Comparison): LeadChange {
  const content = rental.stage === "cancelled"
    ? stageChange(lead, "cancelled", comparison.account)
    : changesOf(lead, rental, comparison);
  return { lead, event: rental.event, content, uid };
}

function cancel(
  event: CalendarCancellation,
  lead: ExistingLead | undefined,
  account: RentalAccount,
): LeadChange[] {
  if (!lead) return [];
  return [{ lead, event, content: stageChange(lead, "cancelled", account), uid: null }];
}

function stageChange(
  lead: ExistingLead,
  to: Stage,
  { statusIds }: RentalAccount,
): Partial<LeadContent> {
  return isForward(lead.stage, to) ? { statusId: statusIds[to] } : {};
}

function changesOf(
  lead: ExistingLead,
  rental: CalendarLead,
  { account, counting }: Comparison,
): Partial<LeadContent> {
  const wanted = toContent(rental, account);
  const isOtherCar = lead.plate !== wanted.plate;
  const isMoved = lead.rental_start !== wanted.rental_start ||
    lead.rental_end !== wanted.rental_end;
  const isOtherClient = rental.client !== null &&
    (lead.license !== wanted.license || lead.client_name !== wanted.client_name);
  const rate = isOtherCar ? rental.car.dailyrate : lead.dailyrate ?? rental.car.dailyrate;
  const price = priceOf({ ...rental, car: { dailyrate: rate } }, counting);
  return {
    ...(isOtherCar ? { plate: wanted.plate, model: wanted.model, dailyrate: rate } : {}),
    ...(isMoved ? { rental_start: wanted.rental_start, rental_end: wanted.rental_end } : {}),
    ...(isOtherCar || isMoved ? { price } : {}),
    ...(isOtherClient ? { client_name: wanted.client_name, license: wanted.license } : {}),
    ...stageChange(lead, rental.stage, account),
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
