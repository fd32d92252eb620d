import type { BatchJob, BatchOutcome } from "../../lib/amocrm/batch_writer.ts";
import { readCustomFields } from "../../lib/amocrm/fields.ts";
import {
  type ExistingLead,
  type LeadTools,
  readLeads,
} from "../../loaders/rentals/existing_leads.ts";
import { toContent, toLeadItem } from "../../loaders/rentals/lead_content.ts";
import type { PlannedLead } from "../../loaders/rentals/lead_plan.ts";
import { createLeads } from "../../loaders/rentals/new_leads.ts";
import type { Car, Client, Rental } from "../../loaders/rentals/rental.ts";
import type { RentalAccount } from "../../loaders/rentals/rental_account.ts";
import type { Stage } from "../../loaders/rentals/stages.ts";

/** A lead as the people of the demo's company see it; what they change is written by `LeadBook.update`. */
export interface Lead extends Rental {
  readonly id: number;
  stage: Stage;
  end: Temporal.PlainDate;
  price: number;
}

/** The leads, cars and clients of the demo's company, in its CRM. */
export interface LeadBook {
  readonly leads: readonly Lead[];
  readonly cars: readonly Car[];
  readonly clients: readonly Client[];
  /** Creates leads that name car and client in their fields; nobody links them to the elements. */
  add(planned: readonly PlannedLead[], calledAt: Temporal.ZonedDateTime): Promise<void>;
  /** Writes stage, price and last day of leads as they are now. */
  update(leads: readonly Lead[]): Promise<void>;
  /** Writes another plate into the element of a car. */
  replate(car: Car, plate: string): Promise<void>;
}

/** Opens the book of an account that was filled. */
export async function openLeadBook(tools: LeadTools, account: RentalAccount): Promise<LeadBook> {
  const leads = (await readLeads(tools, account)).flatMap((lead) => toLead(lead, account) ?? []);
  const cars = [...account.cars];
  return {
    leads,
    cars,
    clients: account.clients,
    async add(planned, calledAt) {
      const items = planned.map((rental, i) => {
        const name = `${rental.car.model}, called ${calledAt.toPlainDate()}, number ${i + 1}`;
        const content = toContent(rental, account);
        const created_at = Math.floor(calledAt.epochMilliseconds / 1000);
        return { key: name, name, content, more: { created_at }, rental };
      });
      const { written } = requireAll(await createLeads(tools, account, items, ({ name }) => name));
      leads.push(...[...written].map(([{ rental }, id]) => ({ ...rental, id })));
    },
    async update(changed) {
      requireAll(await tools.writer.writeAll("leads", updateJob(account, changed)));
    },
    async replate(car, plate) {
      await writePlate(tools, account, { ...car, plate });
      cars[cars.indexOf(car)] = { ...car, plate };
    },
  };
}

function toLead(lead: ExistingLead, { cars, clients }: RentalAccount): Lead | null {
  const { id, stage, price, rental_start: start, rental_end: end } = lead;
  const car = cars.find((one) => one.id === lead.carId);
  if (stage === null || start === null || end === null || !car) return null;
  return {
    id,
    stage,
    car,
    client: clients.find((one) => one.id === lead.clientId) ?? null,
    start: Temporal.PlainDate.from(start),
    end: Temporal.PlainDate.from(end),
    price,
  };
}

function updateJob(account: RentalAccount, items: readonly Lead[]): BatchJob<Lead> {
  return {
    method: "PATCH",
    path: "/api/v4/leads",
    collection: "leads",
    items,
    toBody: (lead) => {
      const { statusId, price, rental_end } = toContent(lead, account);
      return { id: lead.id, ...toLeadItem({ statusId, price, rental_end }, account) };
    },
    describe: ({ id }) => `lead ${id}`,
  };
}

async function writePlate(
  { client, writer }: LeadTools,
  { carsCatalogId }: RentalAccount,
  car: Car,
): Promise<void> {
  const path = `/api/v4/catalogs/${carsCatalogId}`;
  const field = (await readCustomFields(client, path)).find(({ name }) => name === "Plate");
  const job: BatchJob<Car> = {
    method: "PATCH",
    path: `${path}/elements`,
    collection: "elements",
    items: [car],
    toBody: ({ id, plate }) => ({
      id,
      custom_fields_values: [{ field_id: field?.id, values: [{ value: plate }] }],
    }),
    describe: ({ id }) => `car ${id}`,
  };
  requireAll(await writer.writeAll("cars", job));
}

/** The demo's own account takes everything; one that does not is a bug. */
function requireAll<Item>(outcome: BatchOutcome<Item>): BatchOutcome<Item> {
  if (outcome.refused.length === 0) return outcome;
  throw new Error(
    `Cannot go on with the demo: the account refused ${outcome.refused.length} changes, expected none`,
  );
}
