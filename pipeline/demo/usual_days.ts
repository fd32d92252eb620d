import type { Changes, Company, Day, DayNotes } from "./company.ts";
import { createDesk } from "./desk.ts";
import { changeFleet } from "./fleet_changes.ts";
import { answer, follow } from "./sales.ts";

/**
 * The days after the first five: calls by season and weekday, clients who come back, no-shows, late cars, extensions,
 * double bookings, and a fleet that changes.
 */
export function createUsualDays(company: Company): Day {
  const desk = createDesk(company);
  const write = async (work: (changes: Changes) => void): Promise<DayNotes> => {
    const changes: Changes = { changed: new Set(), notes: [] };
    work(changes);
    if (changes.changed.size > 0) await company.book.update([...changes.changed]);
    return changes.notes;
  };
  return async (day, date, at) => {
    at("09:00");
    const prepared = await write((changes) => desk.prepare(date, changes));
    at("10:00");
    const handedOver = await write((changes) => desk.handOut(date, changes));
    const calledAt = at("13:00");
    const sold = await write((changes) => follow(company, date, changes));
    const called = await answer(company, calledAt);
    at("16:00");
    const fleet = await changeFleet(company, day, date);
    at("18:00");
    const returned = await write((changes) => desk.takeBack(date, changes));
    return [...prepared, ...handedOver, ...sold, ...called, ...fleet, ...returned];
  };
}
