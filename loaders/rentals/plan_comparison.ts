import { type ExistingLead } from "./existing_leads.ts";
import { FIELD_COLUMNS, toContent } from "./lead_content.ts";
import type { LeadLinks } from "./lead_links.ts";
import type { PlannedLead } from "./lead_plan.ts";
import type { RentalAccount } from "./rental_account.ts";

/** What has to happen so that the pipeline holds the planned leads and no other ones. */
export interface PlanComparison {
  /** Leads that are as planned. */
  readonly kept: readonly ExistingLead[];
  /** Links that leads of `kept` lack. */
  readonly lacking: readonly LeadLinks[];
  /** Leads that no plan asks for. */
  readonly surplus: readonly ExistingLead[];
  readonly missing: readonly PlannedLead[];
}

/** The name of a generated lead: the seed and number at its end are how it is found again. */
export function nameOf({ number, car, start }: PlannedLead, seed: number): string {
  return `${car.model || car.plate}, ${start} (${seed}-${number})`;
}

/** The number of a lead that was generated with this seed, null for any other lead. */
export function numberOf({ name }: Pick<ExistingLead, "name">, seed: number): number | null {
  const [, ofSeed, number] = /\((\d+)-(\d+)\)$/.exec(name) ?? [];
  return Number(ofSeed) === seed ? Number(number) : null;
}

/**
 * Compares a pipeline with the plan for it.
 *
 * A lead is as planned when name, stage, price and fields are; a link that is missing can be made up for, a
 * wrong one cannot. Of two leads for one plan the first is kept.
 */
export function compareWithPlan(
  existing: readonly ExistingLead[],
  plan: readonly PlannedLead[],
  seed: number,
  account: RentalAccount,
): PlanComparison {
  const missing = new Map(plan.map((planned) => [planned.number, planned]));
  const kept: ExistingLead[] = [];
  const lacking: LeadLinks[] = [];
  const surplus: ExistingLead[] = [];
  for (const lead of existing) {
    const planned = missing.get(numberOf(lead, seed) ?? 0);
    if (planned && isAsPlanned(lead, planned, seed, account)) {
      kept.push(lead);
      lacking.push(lackingLinks(lead, planned.car.id, planned.client.id));
      missing.delete(planned.number);
    } else surplus.push(lead);
  }
  return { kept, lacking, surplus, missing: [...missing.values()] };
}

/** The links to a car and a client that a lead does not have. */
export function lackingLinks(
  lead: ExistingLead,
  carId: number | null,
  clientId: number | null,
): LeadLinks {
  return {
    leadId: lead.id,
    carId: lead.carId === null ? carId : null,
    clientId: lead.clientId === null ? clientId : null,
  };
}

function isAsPlanned(
  lead: ExistingLead,
  planned: PlannedLead,
  seed: number,
  account: RentalAccount,
): boolean {
  const { car, client } = planned;
  const content = toContent(planned, account);
  return lead.name === nameOf(planned, seed) &&
    (["statusId", "price", ...FIELD_COLUMNS] as const).every((key) => lead[key] === content[key]) &&
    (lead.carId === null || lead.carId === car.id) &&
    (lead.clientId === null || lead.clientId === client.id);
}
