import type { BatchJob, BatchOutcome, RefusedItem } from "../../lib/amocrm/batch_writer.ts";
import { describeFaults } from "../../lib/amocrm/validation.ts";
import { ensureUidField, toStoredUid, UID_FIELD_NAME, uidOf } from "../fields/uid_field.ts";
import { type Booking, findBookings } from "./bookings.ts";
import type { CalendarProblem } from "./calendar.ts";
import { type CalendarChanges, compareWithCalendar, type LeadChange } from "./calendar_changes.ts";
import type { CalendarLead, MatchedCalendar } from "./calendar_matching.ts";
import { findOverlaps } from "./calendar_overlaps.ts";
import { type ExistingLead, type LeadTools, readLeads } from "./existing_leads.ts";
import { toContent, toLeadItem } from "./lead_content.ts";
import { type ElementLink, linkLeads, toElementLinks, unlinkLeads } from "./lead_links.ts";
import { createLeads, type NewLead } from "./new_leads.ts";
import type { RentalAccount } from "./rental_account.ts";
import type { DayCounting } from "./rental_days.ts";
import { BOOKED } from "./stages.ts";

/** What became of the rentals of a calendar. */
export interface CalendarOutcome {
  readonly created: number;
  /** Leads of which a field, the stage or a link changed. */
  readonly changed: number;
  readonly unchanged: number;
  /** Leads of earlier imports of which the calendar says nothing: they stay as they are. */
  readonly others: number;
  /** What is worth knowing of single events: shared days, leads that were adopted. */
  readonly notes: readonly CalendarProblem[];
  /** What the account did not take, one sentence each. */
  readonly refused: readonly string[];
}

/**
 * Brings the pipeline up to the rentals of a calendar: creates the leads of new ones, changes those that an
 * earlier import made. Repeating it, also after an interruption, changes nothing more; it never deletes.
 */
export async function importCalendar(
  tools: LeadTools,
  account: RentalAccount,
  calendar: Pick<MatchedCalendar, "leads" | "cancellations">,
  counting: DayCounting,
): Promise<CalendarOutcome> {
  const fieldId = await ensureUidField(tools);
  const existing = await readLeads(tools, account);
  const comparison = { account, counting, uidOf: (lead: ExistingLead) => uidOf(lead, fieldId) };
  const changes = compareWithCalendar(calendar, existing, comparison);
  const created = await createRentals(tools, account, changes.created, fieldId);
  const different = changes.found.filter(({ content, uid }) =>
    uid !== null || Object.keys(content).length > 0
  );
  const job = changeJob(account, different, fieldId);
  const changed = await tools.writer.writeAll("changes", job);
  await unlinkLeads(tools.writer, changes.unlinked);
  const links = [...changes.linked, ...linksOf(created.written, account)];
  const linked = await linkLeads(tools.writer, links);
  const touched = countTouched(changes, different);
  return {
    created: created.written.size,
    changed: touched - changed.refused.length,
    unchanged: changes.found.length - touched,
    others: changes.others.length,
    notes: [
      ...changes.notes,
      ...findOverlaps(calendar.leads, otherBookings(existing, changes, account)),
    ],
    refused: [
      ...created.refused.map((one) => describe(`event ${one.item.rental.event.number}`, one)),
      ...changed.refused.map((one) => describe(`event ${one.item.event.number}`, one)),
      ...linked.refused.map((one) => describe(`a link of the lead ${one.item.leadId}`, one)),
    ],
  };
}

/** How many of the leads that are there are not what they were. */
function countTouched(
  { linked, unlinked }: CalendarChanges,
  different: readonly LeadChange[],
): number {
  return new Set([
    ...different.map(({ lead }) => lead.id),
    ...[...linked, ...unlinked].map(({ leadId }) => leadId),
  ]).size;
}

/** What is promised by leads that are not from the calendar; an inquiry or a quote promises nothing. */
function otherBookings(
  existing: readonly ExistingLead[],
  { found }: CalendarChanges,
  { cars }: RentalAccount,
): Booking[] {
  const imported = new Set(found.map(({ lead }) => lead));
  const others = existing.filter((lead) =>
    lead.stage !== null && BOOKED.has(lead.stage) && !imported.has(lead)
  );
  return findBookings(others, cars);
}

function linksOf(
  written: ReadonlyMap<ImportedLead, number>,
  account: RentalAccount,
): ElementLink[] {
  const links = [...written].map(([{ rental }, leadId]) => ({
    leadId,
    carId: rental.car.id,
    clientId: rental.client?.id ?? null,
  }));
  return toElementLinks(links, account);
}

function describe(what: string, { faults }: RefusedItem<unknown>): string {
  return `${what} was refused: ${describeFaults(faults)}`;
}

interface ImportedLead extends NewLead {
  readonly rental: CalendarLead;
}

async function createRentals(
  tools: LeadTools,
  account: RentalAccount,
  rentals: readonly CalendarLead[],
  fieldId: number,
): Promise<BatchOutcome<ImportedLead>> {
  const leads = rentals.map((rental) => ({
    key: toStoredUid(rental.event.uid),
    name: `${rental.car.model} ${rental.car.plate}`.trim(),
    content: toContent(rental, account),
    moreFields: [{ field_id: fieldId, values: [{ value: toStoredUid(rental.event.uid) }] }],
    rental,
  }));
  return await createLeads(tools, account, leads, (lead) => uidOf(lead, fieldId));
}

function changeJob(
  account: RentalAccount,
  items: readonly LeadChange[],
  fieldId: number,
): BatchJob<LeadChange> {
  const uidField = (uid: string | null) =>
    uid === null ? [] : [{ field_id: fieldId, values: [{ value: uid }] }];
  return {
    method: "PATCH",
    path: "/api/v4/leads",
    collection: "leads",
    items,
    toBody: ({ lead, content, uid }) => ({
      id: lead.id,
      ...toLeadItem(content, account, uidField(uid)),
    }),
    describe: ({ lead, event, content, uid }) =>
      `lead ${lead.id} (event ${event.number}): ` +
      [...Object.keys(content), ...(uid === null ? [] : [UID_FIELD_NAME])].join(", "),
  };
}
