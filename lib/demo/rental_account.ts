import { z } from "zod";
import type { Crm } from "./crm.ts";
import type { Car } from "./fleet.ts";
import type { Person } from "./people.ts";
import type { Rental } from "./rental_plan.ts";
import { LOST, type Stage, STAGE_NAMES, WON } from "./stages.ts";

/** The rental company's account: where its leads, cars and clients live, and how they are written. */
export interface RentalAccount {
  /** Creates leads; returns their ids. A part of them gets a link to its car, the others only name it. */
  addLeads(rentals: readonly Rental[]): Promise<number[]>;
  /** Writes stage, price and dates of leads as they are now. */
  updateLeads(leads: readonly { readonly id: number; readonly rental: Rental }[]): Promise<void>;
  /** Writes the plate of a car as it is now. */
  updatePlate(car: number): Promise<void>;
}

const LEAD_FIELDS = {
  MODEL: "text",
  PLATE: "text",
  DAILYRATE: "numeric",
  "CLIENT NAME": "text",
  LICENSE: "text",
  "Rental start": "date",
  "Rental end": "date",
} as const;

const CAR_FIELDS = {
  Model: "text",
  Color: "text",
  Year: "numeric",
  Plate: "text",
  VIN: "text",
  Dailyrate: "numeric",
} as const;

const CLIENT_FIELDS = {
  "Client name": "text",
  Gender: "text",
  Phone: "text",
  Email: "text",
  Nationality: "text",
  Birthdate: "birthday",
  License: "text",
} as const;

/** One lead of this many is linked to the element of its car, as tidy salespeople do. */
const LINKED = 3;

/** Sets up an empty account: pipeline, fields, the catalogs "Cars" and "Clients" with their elements. */
export async function createRentalAccount(
  crm: Crm,
  cars: readonly Car[],
  people: readonly Person[],
  timeZone: string,
): Promise<RentalAccount> {
  const pipeline = await createPipeline(crm);
  const leadFields = await createFields(crm, "leads", LEAD_FIELDS);
  const [carsCatalog, clientsCatalog] = await createCatalogs(crm);
  const carFields = await createFields(crm, `catalogs/${carsCatalog}`, CAR_FIELDS);
  const clientFields = await createFields(crm, `catalogs/${clientsCatalog}`, CLIENT_FIELDS);
  const carIds = await crm.create(
    `/api/v4/catalogs/${carsCatalog}/elements`,
    "elements",
    cars.map((car) => ({ name: car.model, custom_fields_values: carFields(carValues(car)) })),
  );
  await crm.create(
    `/api/v4/catalogs/${clientsCatalog}/elements`,
    "elements",
    people.map((person) => ({
      name: person.name,
      custom_fields_values: clientFields(personValues(person, timeZone)),
    })),
  );
  const leadOf = (rental: Rental) => ({
    status_id: pipeline.statusIds[rental.stage],
    pipeline_id: pipeline.id,
    price: rental.price,
    custom_fields_values: leadFields(leadValues(rental, cars, people, timeZone)),
  });
  return {
    async addLeads(rentals) {
      const items = rentals.map((rental) => ({
        name: `${cars[rental.car]?.model} from ${rental.start}`,
        created_at: toSeconds(rental.createdAt),
        ...(rental.stage === "closed" ? { closed_at: midnight(rental.end, timeZone) } : {}),
        ...leadOf(rental),
      }));
      const ids = await crm.create("/api/v4/leads", "leads", items);
      const links = ids.map((id, i) => ({
        entity_id: id,
        to_entity_id: carIds[rentals[i]?.car ?? 0],
        to_entity_type: "catalog_elements",
        metadata: { catalog_id: carsCatalog, quantity: 1 },
      })).filter((link) => link.entity_id % LINKED === 0);
      await crm.send("post", "/api/v4/leads/link", links);
      return ids;
    },
    updateLeads: (leads) =>
      crm.send(
        "patch",
        "/api/v4/leads",
        leads.map(({ id, rental }) => ({ id, ...leadOf(rental) })),
      ),
    updatePlate: (car) =>
      crm.send("patch", `/api/v4/catalogs/${carsCatalog}/elements`, [
        { id: carIds[car], custom_fields_values: carFields({ Plate: cars[car]?.plate }) },
      ]),
  };
}

const pipelineAnswer = z.object({
  _embedded: z.object({
    statuses: z.array(z.object({ id: z.int(), name: z.string() })),
  }),
});

async function createPipeline(crm: Crm) {
  const { closed, cancelled, ...ordinary } = STAGE_NAMES;
  const statuses = Object.values(ordinary).map((name, i) => ({ name, sort: 20 + i * 10 }));
  const [id] = await crm.create("/api/v4/leads/pipelines", "pipelines", [{
    name: "Car Rental",
    sort: 2,
    is_main: false,
    is_unsorted_on: true,
    _embedded: {
      statuses: [...statuses, { id: WON, name: closed }, { id: LOST, name: cancelled }],
    },
  }]);
  const answer = pipelineAnswer.parse(await crm.read(`/api/v4/leads/pipelines/${id}`));
  const idOf = (stage: Stage) =>
    answer._embedded.statuses.find(({ name }) => name === STAGE_NAMES[stage])?.id;
  const statusIds: Readonly<Record<Stage, number | undefined>> = {
    inquiry: idOf("inquiry"),
    quote: idOf("quote"),
    deposit: idOf("deposit"),
    confirmed: idOf("confirmed"),
    on_rent: idOf("on_rent"),
    returned: idOf("returned"),
    closed: idOf("closed"),
    cancelled: idOf("cancelled"),
  };
  return { id, statusIds };
}

async function createCatalogs(crm: Crm) {
  return await crm.create("/api/v4/catalogs", "catalogs", [
    { name: "Cars", type: "regular" },
    { name: "Clients", type: "regular" },
  ]);
}

type FieldWriter = (values: Readonly<Record<string, unknown>>) => object[];

/** Creates fields and returns how values by field name are written. */
async function createFields(
  crm: Crm,
  owner: string,
  types: Readonly<Record<string, string>>,
): Promise<FieldWriter> {
  const items = Object.entries(types).map(([name, type], i) => ({ name, type, sort: 500 + i }));
  const ids = await crm.create(`/api/v4/${owner}/custom_fields`, "custom_fields", items);
  const idByName = new Map(items.map(({ name }, i) => [name, ids[i]]));
  return (values) =>
    Object.entries(values).map(([name, value]) => ({
      field_id: idByName.get(name),
      values: [{ value }],
    }));
}

function carValues(car: Car): Readonly<Record<keyof typeof CAR_FIELDS, unknown>> {
  return {
    Model: car.model,
    Color: car.color,
    Year: String(car.year),
    Plate: car.plate,
    VIN: car.vin,
    Dailyrate: String(car.dailyrate),
  };
}

function personValues(
  person: Person,
  timeZone: string,
): Readonly<Record<keyof typeof CLIENT_FIELDS, unknown>> {
  return {
    "Client name": person.name,
    Gender: person.gender,
    Phone: person.phone,
    Email: person.email,
    Nationality: person.nationality,
    Birthdate: midnight(person.birthDate, timeZone),
    License: person.license,
  };
}

function leadValues(
  rental: Rental,
  cars: readonly Car[],
  people: readonly Person[],
  timeZone: string,
): Readonly<Record<keyof typeof LEAD_FIELDS, unknown>> {
  const car = cars[rental.car];
  const person = people[rental.person];
  return {
    MODEL: car?.model,
    PLATE: car?.plate,
    DAILYRATE: String(car?.dailyrate),
    "CLIENT NAME": person?.name,
    LICENSE: person?.license,
    "Rental start": midnight(rental.start, timeZone),
    "Rental end": midnight(rental.end, timeZone),
  };
}

/** How amoCRM keeps a date: unix seconds of its midnight in the account's time zone. */
function midnight(day: Temporal.PlainDate, timeZone: string): number {
  return toSeconds(day.toZonedDateTime(timeZone));
}

function toSeconds(moment: Temporal.ZonedDateTime): number {
  return Math.floor(moment.epochMilliseconds / 1000);
}
