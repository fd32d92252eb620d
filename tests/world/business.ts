import type { Random } from "../../lib/sandbox/account/random.ts";
import { type Crm, type Standing, type Step, toFields } from "./crm.ts";

/** What people do in a world, each as requests that can be made at any time. */
export interface Business {
  /** Something that somebody does next; nothing when there is nothing to do it with. */
  act(): readonly Step[];
  /** The same, of what may happen in the middle of a reading: leads that are named are left alone afterwards. */
  disturb(): readonly Step[];
  /** Cars, clients and a few leads to begin with. */
  open(): readonly Step[];
  /** Nothing is reserved any more. */
  release(): void;
}

const PLATES = ["A 11111", "a-11111", "В 22222", "B22222", "C 3", "D 4", "", "—"];
const LICENSES = ["L-1", "l 1", "L-2", "L3", "X"];
const NAMES = ["Layla", "Omar", "  Zoe ", "Ivan"];
const MODELS = ["Nissan Sunny", "Kia Rio", ""];
const RATES = ["100", " 120.5 ", "99.99", "n/a", ".5", "-10", "150", "1,200"];
/** Those that people choose from; the incoming leads of a pipeline are none of them. */
const RENTAL_STATUSES = ["Inquiry", "Quote Sent", "Confirmed", "On Rent", "Closed", "Cancelled"];
const OTHER_STATUSES = ["Talks", "Confirmed", "Signed", "Lost"];
const DAY_S = 86_400;

/** What people may do, and how often beside the others. */
const HABITS: readonly (readonly [weight: number, act: (the: Office) => readonly Step[]])[] = [
  [6, createLeads],
  [1, importLeads],
  [10, editLead],
  [8, moveStage],
  [2, moveBackAndForth],
  [2, changePipeline],
  [2, touchLead],
  [2, writeByHand],
  [3, linkElement],
  [3, deleteLeads],
  [2, restoreLead],
  [1, mergeLeads],
  [3, changeCar],
  [1, createCar],
  [1, deleteElement],
  [2, changeClient],
  [1, createClient],
];

/** Habits that make sense between two answers of one reading. */
const DISTURBANCES: typeof HABITS = [
  [3, createLeads],
  [5, editLead],
  [4, moveStage],
  [1, changePipeline],
  [2, touchLead],
  [2, deleteLeads],
  [1, restoreLead],
  [1, writeByHand],
  [1, changeCar],
];

/**
 * What a reader of changes cannot know of, or later: a time of change that is written by hand, a link that goes
 * with its element, and which of several merges took a lead.
 */
const SECRET: readonly ((the: Office) => readonly Step[])[] = [
  writeByHand,
  deleteElement,
  mergeLeads,
];

/** What limits people. */
export interface BusinessRules {
  readonly maxLeads: number;
  readonly isHonest: boolean;
}

/** Where people work: the account, chance, and the leads that wait for a disturbance. */
interface Office {
  readonly crm: Crm;
  readonly random: Random;
  readonly maxLeads: number;
  readonly isHonest: boolean;
  readonly reserved: Set<number>;
}

export function createBusiness(crm: Crm, random: Random, rules: BusinessRules): Business {
  const office: Office = { crm, random, ...rules, reserved: new Set() };
  const habits = HABITS.filter(([, habit]) => !rules.isHonest || !SECRET.includes(habit));
  return {
    act: () => weighted(random, habits)(office),
    disturb() {
      const steps = weighted(random, DISTURBANCES)(office);
      for (const id of steps.flatMap(idsIn)) office.reserved.add(id);
      return steps;
    },
    open: () => [
      ...[0, 1, 2].flatMap(() => createCar(office)),
      ...[0, 1].flatMap(() => createClient(office)),
      ...[0, 1, 2].flatMap(() => createLeads(office)),
    ],
    release: () => office.reserved.clear(),
  };
}

function weighted<T>({ between }: Random, choices: readonly (readonly [number, T])[]): T {
  const total = choices.reduce((sum, [weight]) => sum + weight, 0);
  let left = between(1, total);
  for (const [weight, choice] of choices) {
    left -= weight;
    if (left <= 0) return choice;
  }
  throw new Error("Cannot choose: there is nothing to choose from");
}

/** The leads that a request names. */
function idsIn({ body }: Step): number[] {
  if (typeof body !== "object" || body === null) return [];
  const items: unknown[] = Array.isArray(body) ? body : "ids" in body ? [body.ids] : [];
  return items.flat().flatMap((item) => {
    if (typeof item === "number") return [item];
    return typeof item === "object" && item !== null && "id" in item ? [Number(item.id)] : [];
  });
}

function pick<T>({ random }: Pick<Office, "random">, values: readonly T[]): T | undefined {
  return values[random.between(0, values.length - 1)];
}

function chance({ random }: Office, percent: number): boolean {
  return random.between(1, 100) <= percent;
}

function withStanding(records: ReadonlyMap<number, Standing>, wanted: Standing): number[] {
  return [...records].filter(([, standing]) => standing === wanted).map(([id]) => id);
}

function leadsThat(the: Office, wanted: Standing): number[] {
  return withStanding(the.crm.leads, wanted).filter((id) => !the.reserved.has(id));
}

function nowOf({ crm }: Office): number {
  return crm.sandbox.clock.seconds();
}

function patch(...items: readonly object[]): Step[] {
  return [{ method: "PATCH", path: "/api/v4/leads", body: items }];
}

function stageIn(the: Office, isRental: boolean): object {
  const { crm } = the;
  const statuses = isRental ? crm.account.statuses : crm.otherStatuses;
  const names = isRental ? RENTAL_STATUSES : OTHER_STATUSES;
  return {
    pipeline_id: isRental ? crm.account.pipelineId : crm.otherPipelineId,
    status_id: statuses[pick(the, names) ?? ""],
  };
}

/** Some of the fields of a lead. */
function fieldsOf(the: Office, share: number): object[] {
  const { random, crm } = the;
  // A slip of the finger, now and then: 2206, or 0206.
  const slip = chance(the, 2) ? pick(the, [180, -1820]) ?? 0 : 0;
  const start = nowOf(the) + (slip * 365 + random.between(-3, 12)) * DAY_S +
    random.between(0, 23) * 3600;
  const columns: Record<string, unknown> = {};
  const maybe = (column: string, value: () => unknown) => {
    if (!chance(the, share)) return;
    columns[column] = chance(the, 8) ? null : value();
  };
  maybe("model", () => pick(the, MODELS));
  maybe("plate", () => pick(the, PLATES));
  maybe("dailyrate", () => pick(the, RATES));
  maybe("client_name", () => pick(the, NAMES));
  maybe("license", () => pick(the, LICENSES));
  maybe("rental_start", () => start);
  maybe("rental_end", () => start + random.between(-1, 7) * DAY_S + random.between(0, 90) * 60);
  return toFields(crm.account.leadFields, columns);
}

function newLead(the: Office): object {
  return {
    name: pick(the, NAMES),
    price: pick(the, [0, 250, 1000, 333.33]),
    ...stageIn(the, chance(the, 85)),
    custom_fields_values: fieldsOf(the, 85),
  };
}

function roomFor(the: Office, count: number): boolean {
  return the.crm.leads.size + count <= the.maxLeads;
}

function createLeads(the: Office): readonly Step[] {
  const count = the.random.between(1, 3);
  if (!roomFor(the, count)) return editLead(the);
  const body = Array.from({ length: count }, () => newLead(the));
  return [{ method: "POST", path: "/api/v4/leads", body }];
}

/** Many at one second, which may have been written by hand. */
function importLeads(the: Office): readonly Step[] {
  const count = the.random.between(5, 12);
  if (!roomFor(the, count)) return editLead(the);
  const at = nowOf(the) - (pick(the, [0, 60, 3 * DAY_S]) ?? 0);
  const times = chance(the, 50) || the.isHonest ? {} : { created_at: at, updated_at: at };
  const body = Array.from({ length: count }, () => ({ ...newLead(the), ...times }));
  return [{ method: "POST", path: "/api/v4/leads", body }];
}

function editLead(the: Office): readonly Step[] {
  const id = pick(the, leadsThat(the, "living"));
  if (id === undefined) return [];
  const price = chance(the, 40) ? { price: pick(the, [0, 120, 250.5, 999.99]) } : {};
  const name = chance(the, 10) ? { name: pick(the, NAMES) } : {};
  return patch({ id, ...price, ...name, custom_fields_values: fieldsOf(the, 30) });
}

function moveStage(the: Office): readonly Step[] {
  const ids = leadsThat(the, "living");
  const id = pick(the, ids);
  return id === undefined ? [] : patch({ id, ...stageIn(the, true) });
}

/** A, B, A within one second, or with an edit between. */
function moveBackAndForth(the: Office): readonly Step[] {
  const id = pick(the, leadsThat(the, "living"));
  if (id === undefined) return [];
  const [a, b] = [stageIn(the, true), stageIn(the, true)];
  return [a, b, a].slice(0, the.random.between(2, 3)).flatMap((stage) => patch({ id, ...stage }));
}

function changePipeline(the: Office): readonly Step[] {
  const id = pick(the, leadsThat(the, "living"));
  return id === undefined ? [] : patch({ id, ...stageIn(the, chance(the, 50)) });
}

function touchLead(the: Office): readonly Step[] {
  const id = pick(the, leadsThat(the, "living"));
  return id === undefined ? [] : patch({ id });
}

/** An `updated_at` that an API client writes: ahead, back, or once more what it was a while ago. */
function writeByHand(the: Office): readonly Step[] {
  const id = pick(the, leadsThat(the, "living"));
  if (id === undefined) return [];
  const shift = pick(the, [-1, -300, -900, -4000, -DAY_S, -4 * DAY_S, 60, 5000, 2 * DAY_S]) ?? 0;
  const stage = chance(the, 40) ? stageIn(the, true) : {};
  const updated_at = nowOf(the) + shift;
  const days = pick(the, [-30, -2, 1]) ?? 0;
  const created = chance(the, 15) ? { created_at: nowOf(the) + days * DAY_S } : {};
  return patch({ id, updated_at, ...created, ...stage, custom_fields_values: fieldsOf(the, 30) });
}

function linkElement(the: Office): readonly Step[] {
  const { crm } = the;
  const id = pick(the, leadsThat(the, "living"));
  const isCar = chance(the, 60);
  const element = pick(the, withStanding(isCar ? crm.cars : crm.clients, "living"));
  if (id === undefined || element === undefined) return [];
  const { carsCatalogId, clientsCatalogId } = crm.account;
  const metadata = { catalog_id: isCar ? carsCatalogId : clientsCatalogId };
  const body = [{ to_entity_id: element, to_entity_type: "catalog_elements", metadata }];
  const verb = chance(the, 75) ? "link" : "unlink";
  return [{ method: "POST", path: `/api/v4/leads/${id}/${verb}`, body }];
}

function deleteLeads(the: Office): readonly Step[] {
  const ids = leadsThat(the, "living");
  const gone = new Set([pick(the, ids), chance(the, 25) ? pick(the, ids) : undefined]);
  const wanted = [...gone].filter((id) => id !== undefined);
  if (wanted.length === 0) return [];
  return [{ method: "POST", path: "/_sandbox/leads/delete", body: { ids: wanted } }];
}

function restoreLead(the: Office): readonly Step[] {
  const id = pick(the, leadsThat(the, "trashed"));
  if (id === undefined) return [];
  return [{ method: "POST", path: "/_sandbox/leads/restore", body: { ids: [id] } }];
}

function mergeLeads(the: Office): readonly Step[] {
  const ids = leadsThat(the, "living");
  const survivor = pick(the, ids);
  const others = new Set([pick(the, ids), chance(the, 30) ? pick(the, ids) : undefined]);
  const gone = [...others].filter((id) => id !== undefined && id !== survivor);
  if (survivor === undefined || gone.length === 0) return [];
  return [{ method: "POST", path: "/_sandbox/leads/merge", body: { survivor, gone } }];
}

function carFields(the: Office, share: number): object[] {
  const { crm, random } = the;
  const columns: Record<string, unknown> = {};
  const maybe = (column: string, value: () => unknown) => {
    if (chance(the, share)) columns[column] = chance(the, 8) ? null : value();
  };
  const day = () => nowOf(the) + random.between(-20, 10) * DAY_S;
  maybe("model", () => pick(the, MODELS));
  maybe("color", () => pick(the, ["white", "black"]));
  maybe("year", () => pick(the, [2015, 2024]));
  maybe("plate", () => pick(the, PLATES));
  maybe("vin", () => pick(the, ["V1", "V2"]));
  maybe("dailyrate", () => pick(the, [80, 99.5]));
  if (chance(the, 15)) columns.in_fleet_from = day();
  if (chance(the, 10)) columns.in_fleet_to = day();
  return toFields(crm.account.carFields, columns);
}

function createCar(the: Office): readonly Step[] {
  if (the.crm.cars.size >= 8) return changeCar(the);
  const body = [{ name: "a car", custom_fields_values: carFields(the, 90) }];
  return [{ method: "POST", path: elementsOf(the.crm.account.carsCatalogId), body }];
}

function changeCar(the: Office): readonly Step[] {
  const id = pick(the, withStanding(the.crm.cars, "living"));
  if (id === undefined) return [];
  const times = chance(the, 15) ? { updated_at: nowOf(the) - DAY_S } : {};
  const body = [{ id, ...times, custom_fields_values: carFields(the, 30) }];
  return [{ method: "PATCH", path: elementsOf(the.crm.account.carsCatalogId), body }];
}

function clientFields(the: Office, share: number): object[] {
  const columns: Record<string, unknown> = {};
  const maybe = (column: string, value: () => unknown) => {
    if (chance(the, share)) columns[column] = chance(the, 8) ? null : value();
  };
  maybe("client_name", () => pick(the, NAMES));
  maybe("phone", () => pick(the, ["+971555012345", "050"]));
  maybe("license", () => pick(the, LICENSES));
  maybe("birth_date", () => pick(the, [-86_400 * 365, 631_152_000]));
  return toFields(the.crm.account.clientFields, columns);
}

function createClient(the: Office): readonly Step[] {
  if (the.crm.clients.size >= 6) return changeClient(the);
  const body = [{ name: "a client", custom_fields_values: clientFields(the, 90) }];
  return [{ method: "POST", path: elementsOf(the.crm.account.clientsCatalogId), body }];
}

function changeClient(the: Office): readonly Step[] {
  const id = pick(the, withStanding(the.crm.clients, "living"));
  if (id === undefined) return [];
  const body = [{ id, custom_fields_values: clientFields(the, 40) }];
  return [{ method: "PATCH", path: elementsOf(the.crm.account.clientsCatalogId), body }];
}

function deleteElement(the: Office): readonly Step[] {
  const { cars, clients } = the.crm;
  const records = chance(the, 60) ? cars : clients;
  const ids = withStanding(records, "living");
  const id = pick(the, ids);
  // Somebody always is left, so that people have something to do.
  if (id === undefined || ids.length < 2) return [];
  const body = `request[catalog_elements][delete][]=${id}`;
  return [{ method: "POST", path: "/ajax/v1/catalog_elements/set/", body }];
}

function elementsOf(catalogId: number): string {
  return `/api/v4/catalogs/${catalogId}/elements`;
}
