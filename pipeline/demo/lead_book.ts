import type { BatchJob } from "../../lib/amocrm/batch_writer.ts";
import {
  type ExistingLead,
  type LeadTools,
  readLeads,
} from "../../loaders/rentals/existing_leads.ts";
import { type LeadContent, toContent, toLeadItem } from "../../loaders/rentals/lead_content.ts";
import type { PlannedLead } from "../../loaders/rentals/lead_plan.ts";
import { createLeads } from "../../loaders/rentals/new_leads.ts";
import type { Car, Client, Rental } from "../../loaders/rentals/rental.ts";
import type { RentalAccount } from "../../loaders/rentals/rental_account.ts";
import type { Stage } from "../../loaders/rentals/stages.ts";
import { openCatalogBook, requireAll } from "./catalog_book.ts";

/** A lead as the people of the demo's company see it; what they change is written by `LeadBook.update`. */
export interface Lead extends Rental {
  readonly id: number;
  stage: Stage;
  /** The one that is kept for it, also while the CRM is not told which. */
  car: Car;
  /** Whether the CRM knows which car it is, and not only its model. */
  isAssigned: boolean;
  start: Temporal.PlainDate;
  end: Temporal.PlainDate;
  price: number;
}

/** A lead that is to be created; without a car of its own unless it says so. */
export interface CalledLead extends PlannedLead {
  readonly isAssigned?: boolean;
}

/** A car that joins the fleet. */
export interface NewCar extends Omit<Car, "id"> {
  readonly color: string;
  readonly year: number;
  readonly vin: string;
}

/** A client who calls for the first time. */
export interface NewClient extends Omit<Client, "id"> {
  readonly gender: string;
  readonly phone: string;
  readonly email: string;
  readonly nationality: string;
}

/** The leads, cars and clients of the demo's company, in its CRM. */
export interface LeadBook {
  readonly leads: readonly Lead[];
  /** Those that are in the fleet. */
  readonly cars: readonly Car[];
  readonly clients: readonly Client[];
  /** Creates leads that name car and client in their fields; nobody links them to the elements. */
  add(planned: readonly CalledLead[], calledAt: Temporal.ZonedDateTime): Promise<void>;
  /** Writes what differs of leads from what the account has. */
  update(leads: readonly Lead[]): Promise<void>;
  /** Writes another plate into the element of a car. */
  replate(car: Car, plate: string): Promise<void>;
  /** A car joins the fleet on a day. */
  buy(car: NewCar, from: Temporal.PlainDate): Promise<void>;
  /** A car leaves the fleet after a day. */
  sell(car: Car, last: Temporal.PlainDate): Promise<void>;
  /** New clients, in the order given. */
  meet(clients: readonly NewClient[]): Promise<readonly Client[]>;
}

/** Opens the book of an account that was filled. */
export async function openLeadBook(tools: LeadTools, account: RentalAccount): Promise<LeadBook> {
  const leads = (await readLeads(tools, account)).flatMap((lead) => toLead(lead, account) ?? []);
  const written = new Map(leads.map((lead) => [lead.id, contentOf(lead, account)]));
  const cars = [...account.cars];
  const clients = [...account.clients];
  const carElements = openCatalogBook(tools, account.carsCatalogId);
  // No loader makes them, as an account can do without.
  await carElements.addDates(["In fleet from", "In fleet to"]);
  const clientElements = openCatalogBook(tools, account.clientsCatalogId);
  return {
    leads,
    cars,
    clients,
    async add(planned, calledAt) {
      const calls = planned.map((called, i) => toCall(called, i + 1, calledAt, account));
      const outcome = requireAll(await createLeads(tools, account, calls, ({ name }) => name));
      for (const [{ rental, content }, id] of outcome.written) {
        leads.push({ ...rental, id });
        written.set(id, content);
      }
    },
    async update(changed) {
      const changes = changed.map((lead) => ({ lead, content: contentOf(lead, account) }));
      requireAll(await tools.writer.writeAll("leads", updateJob(account, changes, written)));
      for (const { lead, content } of changes) written.set(lead.id, content);
    },
    async replate(car, plate) {
      await carElements.change(car.id, { plate });
      cars[cars.indexOf(car)] = { ...car, plate };
    },
    async buy({ color, year, vin, ...car }, from) {
      const { model, plate, dailyrate } = car;
      const [id = 0] = await carElements.add([{
        name: model,
        values: {
          ...{ model, plate, color, year, vin },
          "daily rate": dailyrate,
          "in fleet from": secondsOf(from, account),
        },
      }]);
      cars.push({ ...car, id });
    },
    async sell(car, last) {
      await carElements.change(car.id, { "in fleet to": secondsOf(last, account) });
      cars.splice(cars.findIndex(({ id }) => id === car.id), 1);
    },
    async meet(met) {
      const ids = await clientElements.add(met.map(({ name, license, ...more }) => ({
        name,
        values: { "client name": name, license, ...more },
      })));
      const known = met.map(({ name, license }, i) => ({ id: ids[i] ?? 0, name, license }));
      clients.push(...known);
      return known;
    },
  };
}

/** A lead as it is created when a client calls, the number-th of that moment. */
function toCall(
  called: CalledLead,
  number: number,
  calledAt: Temporal.ZonedDateTime,
  account: RentalAccount,
) {
  const rental = { ...called, isAssigned: called.isAssigned ?? true };
  const name = `${rental.car.model}, called ${calledAt.toPlainDate()}, number ${number}`;
  const created_at = Math.floor(calledAt.epochMilliseconds / 1000);
  const content = contentOf(rental, account);
  return { key: name, name, content, more: { created_at }, rental };
}

function toLead(lead: ExistingLead, { cars, clients }: RentalAccount): Lead | null {
  const { id, stage, price, rental_start: start, rental_end: end } = lead;
  const car = cars.find((one) => one.id === lead.carId);
  if (stage === null || start === null || end === null || !car) return null;
  return {
    id,
    stage,
    car,
    isAssigned: true,
    client: clients.find((one) => one.id === lead.clientId) ?? null,
    start: Temporal.PlainDate.from(start),
    end: Temporal.PlainDate.from(end),
    price,
  };
}

function contentOf(
  lead: Rental & { readonly isAssigned: boolean },
  account: RentalAccount,
): LeadContent {
  const content = toContent(lead, account);
  return lead.isAssigned ? content : { ...content, plate: null };
}

interface Change {
  readonly lead: Lead;
  readonly content: LeadContent;
}

function updateJob(
  account: RentalAccount,
  items: readonly Change[],
  written: ReadonlyMap<number, LeadContent>,
): BatchJob<Change> {
  return {
    method: "PATCH",
    path: "/api/v4/leads",
    collection: "leads",
    items,
    toBody: ({ lead: { id }, content }) => ({
      id,
      ...toLeadItem(differenceOf(content, written.get(id)), account),
    }),
    describe: ({ lead: { id } }) => `lead ${id}`,
  };
}

function differenceOf(content: LeadContent, before: LeadContent | undefined): Partial<LeadContent> {
  const old = new Map<string, unknown>(Object.entries(before ?? {}));
  const changed = Object.entries(content).filter(([key, value]) => old.get(key) !== value);
  return Object.fromEntries(changed);
}

/** The midnight with which a day begins, as fields of the type `date` are written. */
function secondsOf(day: Temporal.PlainDate, { zones }: RentalAccount): number {
  return Math.floor(day.toZonedDateTime(zones.account).epochMilliseconds / 1000);
}
