import type { Car } from "../../loaders/rentals/rental.ts";
import { priceOf } from "../../loaders/rentals/rental_days.ts";
import { daysOf, isBy } from "./days.ts";
import { findFreeCar, isFree } from "./free_cars.ts";
import type { Lead } from "./lead_book.ts";
import type { Changes, Company } from "./company.ts";

/** Those who hand cars out and take them back. */
export interface Desk {
  /** In the morning: who did not come is written off, and bookings get their cars. */
  prepare(date: Temporal.PlainDate, changes: Changes): void;
  handOut(date: Temporal.PlainDate, changes: Changes): void;
  /** In the evening: cars come back, early, late or not yet; and bookings change. */
  takeBack(date: Temporal.PlainDate, changes: Changes): void;
}

/** What only the desk knows, and the CRM is not told. */
interface Memory {
  /** Clients who did not come, by their leads. */
  readonly absent: Set<Lead>;
  /** When late cars will come back. */
  readonly lateUntil: Map<Lead, Temporal.PlainDate>;
}

/** The desk of a company. */
export function createDesk(company: Company): Desk {
  const memory: Memory = { absent: new Set(), lateUntil: new Map() };
  return {
    prepare(date, changes) {
      writeOff(memory, changes);
      giveCars(company, date, changes);
      untangle(company, date, changes);
    },
    handOut: (date, changes) => handOut(company, memory, date, changes),
    takeBack(date, changes) {
      takeBack(company, memory, date, changes);
      changeBookings(company, date, changes);
    },
  };
}

function writeOff({ absent }: Memory, { changed, notes }: Changes): void {
  for (const lead of absent) {
    lead.stage = "cancelled";
    changed.add(lead);
  }
  if (absent.size > 0) notes.push(`clients who did not come: ${absent.size}`);
  absent.clear();
}

/** Bookings of a model get a car the day before, most of them. */
function giveCars(
  { inStage, chance }: Company,
  date: Temporal.PlainDate,
  { changed, notes }: Changes,
): void {
  const due = inStage("confirmed").filter(({ isAssigned, start }) =>
    !isAssigned && (isBy(start, date) || (isBy(start, date.add({ days: 1 })) && chance(70)))
  );
  for (const lead of due) {
    lead.isAssigned = true;
    changed.add(lead);
  }
  if (due.length > 0) notes.push(`bookings that got their car: ${due.length}`);
}

/** Of two bookings of one car the later one gets another car, unless nobody notices; or none is left for it. */
function untangle(
  { inStage, book, chance }: Company,
  date: Temporal.PlainDate,
  { changed, notes }: Changes,
): void {
  const near = inStage("confirmed").filter(({ start }) => isBy(start, date.add({ days: 2 })));
  for (const lead of near) {
    const others = book.leads.filter((one) => one !== lead && one.id < lead.id);
    if (isFree(lead.car, lead, others) || chance(35)) continue;
    const car = findFreeCar(lead, book);
    if (car) moveTo(lead, car);
    else lead.stage = "cancelled";
    changed.add(lead);
    notes.push(
      car
        ? `a booking moved to the ${car.model}, its car was promised to others`
        : "a booking was cancelled, its car was promised to others",
    );
  }
}

function handOut(
  company: Company,
  { absent, lateUntil }: Memory,
  date: Temporal.PlainDate,
  { changed, notes }: Changes,
): void {
  const { inStage, chance, book } = company;
  const closed = inStage("returned").filter(() => chance(45));
  for (const lead of closed) lead.stage = "closed";
  const due = inStage("confirmed").filter(({ start }) => isBy(start, date));
  const out: Lead[] = [];
  for (const lead of due) {
    if (chance(4)) {
      absent.add(lead);
      continue;
    }
    // The car is still with a client who is late.
    const isOut = [...lateUntil.keys()].some(({ car, stage }) =>
      stage === "on_rent" && car.id === lead.car.id
    );
    const other = isOut ? findFreeCar(lead, book) : null;
    if (other) moveTo(lead, other);
    lead.stage = "on_rent";
    out.push(lead);
  }
  for (const lead of [...closed, ...out]) changed.add(lead);
  notes.push(`cars handed out: ${out.length}; rentals closed: ${closed.length}`);
}

function takeBack(
  company: Company,
  { lateUntil }: Memory,
  date: Temporal.PlainDate,
  { changed, notes }: Changes,
): void {
  const { inStage, chance, faker } = company;
  let [back, extended, late] = [0, 0, 0];
  for (const lead of inStage("on_rent")) {
    const isDue = isBy(lead.end, date);
    const isNewlyDue = lead.end.equals(date);
    if (!isDue && !(daysOf(lead) > 2 && chance(2))) continue;
    if (isNewlyDue && chance(9) && extend(company, lead)) {
      extended++;
      changed.add(lead);
      continue;
    }
    if (isNewlyDue && chance(6)) {
      lateUntil.set(lead, date.add({ days: faker.number.int({ min: 1, max: 2 }) }));
      late++;
    }
    const until = lateUntil.get(lead);
    if (until && !isBy(until, date)) continue;
    lateUntil.delete(lead);
    // Early: the days that were not used are not charged.
    if (!isDue && Temporal.PlainDate.compare(date, lead.start) > 0) {
      lead.end = date;
      lead.price = priceOf(lead, company.counting);
    }
    lead.stage = "returned";
    back++;
    changed.add(lead);
  }
  notes.push(`cars taken back: ${back}, extended: ${extended}, not yet back: ${late}`);
}

function extend({ faker, book, counting }: Company, lead: Lead): boolean {
  const end = lead.end.add({ days: faker.number.int({ min: 1, max: 3 }) });
  const others = book.leads.filter((one) => one !== lead);
  if (!isFree(lead.car, { start: lead.end, end }, others)) return false;
  lead.end = end;
  lead.price = priceOf(lead, counting);
  return true;
}

/** Bookings are cancelled, shortened or moved before they begin. */
function changeBookings(
  { inStage, chance, book, counting }: Company,
  date: Temporal.PlainDate,
  { changed, notes }: Changes,
): void {
  let [cancelled, shortened, moved] = [0, 0, 0];
  const ahead = inStage("confirmed").filter(({ start }) => !isBy(start, date.add({ days: 1 })));
  for (const lead of ahead) {
    const [start, end] = [lead.start.add({ days: 1 }), lead.end.add({ days: 1 })];
    if (chance(2)) {
      lead.stage = "cancelled";
      cancelled++;
    } else if (chance(1) && daysOf(lead) > 2) {
      lead.end = lead.end.subtract({ days: 1 });
      lead.price = priceOf(lead, counting);
      shortened++;
    } else if (
      chance(1) && isFree(lead.car, { start, end }, book.leads.filter((one) => one !== lead))
    ) {
      [lead.start, lead.end] = [start, end];
      moved++;
    } else continue;
    changed.add(lead);
  }
  if (cancelled + shortened + moved > 0) {
    notes.push(`bookings cancelled: ${cancelled}, shortened: ${shortened}, moved: ${moved}`);
  }
}

function moveTo(lead: Lead, car: Car): void {
  lead.car = car;
  lead.isAssigned = true;
}
