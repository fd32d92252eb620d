import type { Faker } from "@faker-js/faker";
import { AmoError } from "../../lib/amocrm/answers.ts";
import type { RefusedItem } from "../../lib/amocrm/batch_writer.ts";
import { describeFaults } from "../../lib/amocrm/validation.ts";
import { busyDays, findBookings, findCar } from "./bookings.ts";
import { readContacts } from "./contacts.ts";
import { type ExistingLead, type LeadTools, readLeads } from "./existing_leads.ts";
import { toContent } from "./lead_content.ts";
import { linkLeads, toElementLinks } from "./lead_links.ts";
import { numberLeads, planLeads, type PlannedLead, type PlanOptions } from "./lead_plan.ts";
import { wipeLeads, type WipeOutcome } from "./lead_wipe.ts";
import { createLeads, type NewLead } from "./new_leads.ts";
import {
  compareWithPlan,
  lackingLinks,
  nameOf,
  numberOf,
  type PlanComparison,
} from "./plan_comparison.ts";
import type { RentalAccount } from "./rental_account.ts";
import type { StageCounts } from "./stage_counts.ts";
import { LOST } from "./stages.ts";

/** What a pipeline is to be filled with. */
export interface GenerationOptions extends Pick<PlanOptions, "today" | "counting"> {
  /** It is seeded here. */
  readonly faker: Faker;
  readonly seed: number;
  readonly counts: StageCounts;
  /** False: what is in the pipeline stays, and new leads keep clear of its bookings. */
  readonly isWipe: boolean;
}

/** What there is, and what is to be different. */
export interface Generation extends PlanComparison {
  readonly existing: readonly ExistingLead[];
}

/** What was done. */
export interface GenerationOutcome {
  readonly wiped: WipeOutcome;
  readonly created: number;
  readonly linked: number;
  /** What the account did not take, one sentence each. */
  readonly refused: readonly string[];
}

/** Reads the pipeline and plans its leads; changes nothing. Throws `AmoError` without any car or client. */
export async function prepareGeneration(
  tools: LeadTools,
  account: RentalAccount,
  options: GenerationOptions,
): Promise<Generation> {
  requireFleet(account);
  const existing = await readLeads(tools, account);
  const comparison = options.isWipe
    ? compareWithPlan(existing, planAll(account, options), options.seed, account)
    : planAround(existing, account, options);
  return { existing, ...comparison };
}

function requireFleet({ cars, clients }: RentalAccount): void {
  if (cars.length > 0 && clients.length > 0) return;
  const lack = cars.length === 0 ? "car with plate and daily rate" : "client with name and licence";
  throw new AmoError(
    `Cannot invent leads: the account has no ${lack}, expected at least one: ` +
      "upload some with loaders/json_importer.ts",
    null,
  );
}

function planAll({ cars, clients }: RentalAccount, options: GenerationOptions): PlannedLead[] {
  options.faker.seed(options.seed);
  return planLeads(numberLeads(options.counts), { cars, clients, ...options });
}

/** The leads of this seed that are not there yet, clear of all bookings that are. */
function planAround(
  existing: readonly ExistingLead[],
  { cars, clients }: RentalAccount,
  options: GenerationOptions,
): PlanComparison {
  const { faker, seed, counts, today } = options;
  const kept = existing.filter((lead) => numberOf(lead, seed) !== null);
  const done = new Set(kept.map((lead) => numberOf(lead, seed)));
  const lacking = kept.map((lead) => {
    const client = clients.find(({ license }) => license === lead.license);
    return lackingLinks(lead, findCar(lead, cars)?.id ?? null, client?.id ?? null);
  });
  const busy = busyDays(findBookings(existing, cars), today);
  faker.seed(seed);
  const wanted = numberLeads(counts).filter(({ number }) => !done.has(number));
  const missing = planLeads(wanted, { cars, clients, busy, ...options });
  return { kept, lacking, surplus: [], missing };
}

/** Carries a generation out: wipes, creates, links. It can be killed at any moment and be prepared again. */
export async function carryOut(
  tools: LeadTools,
  account: RentalAccount,
  seed: number,
  generation: Generation,
): Promise<GenerationOutcome> {
  const wiped = await wipeLeads(tools, account, generation.surplus);
  const leads = await toNewLeads(tools, account, seed, generation.missing);
  // A lead that could not be wiped may bear the number of the one that takes its place.
  const before = new Set(generation.existing.map(({ id }) => id));
  const created = await createLeads(tools, account, leads, (lead) => {
    const number = before.has(lead.id) ? null : numberOf(lead, seed);
    return number === null ? null : String(number);
  });
  const newLinks = [...created.written].map(([{ planned }, leadId]) => ({
    leadId,
    carId: planned.car.id,
    clientId: planned.client.id,
  }));
  const links = toElementLinks([...generation.lacking, ...newLinks], account);
  const linked = await linkLeads(tools.writer, links);
  return {
    wiped,
    created: created.written.size,
    linked: linked.written.size,
    refused: [
      ...created.refused.map((one) => describe(`The lead "${one.item.name}"`, one)),
      ...linked.refused.map((one) => describe(`A link of the lead ${one.item.leadId}`, one)),
    ],
  };
}

/** What is still not as planned once a generation was carried out and the pipeline was read again. */
export function findGaps({ missing, surplus, lacking }: Generation): string[] {
  // Lost leads that cannot be deleted are no gap: nothing more can be done about them.
  const open = surplus.filter(({ statusId }) => statusId !== LOST).length;
  const unlinked = lacking.filter(({ carId, clientId }) => carId !== null || clientId !== null);
  const line = (count: number, what: string) => count === 0 ? [] : [`${what}: ${count}: run again`];
  return [
    ...line(missing.length, "Leads that are missing"),
    ...line(open, "Leads that no plan asks for"),
    ...line(unlinked.length, "Leads without their car or client"),
  ];
}

interface GeneratedLead extends NewLead {
  readonly planned: PlannedLead;
}

async function toNewLeads(
  { client }: LeadTools,
  account: RentalAccount,
  seed: number,
  missing: readonly PlannedLead[],
): Promise<GeneratedLead[]> {
  if (missing.length === 0) return [];
  const findContact = await readContacts(client);
  return missing.map((planned) => {
    const contact = findContact(planned.client.name);
    return {
      key: String(planned.number),
      name: nameOf(planned, seed),
      content: toContent(planned, account),
      more: {
        created_at: toSeconds(planned.createdAt),
        ...(planned.closedAt === null ? {} : { closed_at: toSeconds(planned.closedAt) }),
        ...(contact === null ? {} : { _embedded: { contacts: [{ id: contact, is_main: true }] } }),
      },
      planned,
    };
  });
}

function toSeconds({ epochMilliseconds }: Temporal.Instant): number {
  return Math.floor(epochMilliseconds / 1000);
}

function describe(what: string, { faults }: RefusedItem<unknown>): string {
  return `${what} was refused: ${describeFaults(faults)}`;
}
