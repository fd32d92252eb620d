import type { Faker } from "@faker-js/faker";
import type { DayCounting } from "../../loaders/rentals/rental_days.ts";
import type { Changes, Company, Day, DayNotes } from "./company.ts";
import { createDesk } from "./desk.ts";
import { changeFleet } from "./fleet_changes.ts";
import type { LeadBook } from "./lead_book.ts";
import { createSales } from "./sales.ts";

/**
 * The days after the first five: calls by season and weekday, clients who come back, no-shows, late cars, extensions,
 * double bookings, and a fleet that changes.
 */
export function createUsualDays(faker: Faker, book: LeadBook, counting: DayCounting): Day {
  const company: Company = {
    faker,
    book,
    counting,
    chance: (percent) => faker.number.int({ min: 1, max: 100 }) <= percent,
    inStage: (stage) => book.leads.filter((lead) => lead.stage === stage),
  };
  const desk = createDesk(company);
  const sales = createSales(company);
  const write = async (work: (changes: Changes) => void): Promise<DayNotes> => {
    const changes: Changes = { changed: new Set(), notes: [] };
    work(changes);
    if (changes.changed.size > 0) await book.update([...changes.changed]);
    return changes.notes;
  };
  return async (day, date, at) => {
    at("09:00");
    const prepared = await write((changes) => desk.prepare(date, changes));
    at("10:00");
    const handedOver = await write((changes) => desk.handOut(date, changes));
    const calledAt = at("13:00");
    const sold = await write((changes) => sales.follow(date, changes));
    const called = await sales.answer(calledAt);
    at("16:00");
    const fleet = await changeFleet(company, day, date);
    at("18:00");
    const returned = await write((changes) => desk.takeBack(date, changes));
    return [...prepared, ...handedOver, ...sold, ...called, ...fleet, ...returned];
  };
}
