import { priceOf } from "../../loaders/rentals/rental_days.ts";
import type { Changes, Company, DayNotes } from "./company.ts";
import { isBy } from "./days.ts";
import { planInquiries } from "./inquiries.ts";
import type { CalledLead, Lead, NewClient } from "./lead_book.ts";

const CALLS_A_DAY = 5.5;

/** Calls of a month against the mean of a year, from January on: in summer it is too hot to travel here. */
const SEASON = [1.3, 1.2, 1.15, 1.05, 0.95, 0.85, 0.75, 0.75, 0.9, 1.1, 1.25, 1.35];

/** Calls of a weekday against the mean of a week, from Monday on. */
const WEEKDAYS = [0.85, 0.85, 1, 1.2, 1.3, 1, 0.8];

/** Thursday to Saturday: most want the car for the end of the week. */
const LIKED_STARTS = [4, 5, 6];

/** Leads go on towards a booking, or away. */
export function follow(
  company: Company,
  date: Temporal.PlainDate,
  { changed, notes }: Changes,
): void {
  const { inStage, chance, counting } = company;
  const [deposits, quotes, inquiries] = [inStage("deposit"), inStage("quote"), inStage("inquiry")];
  const move = (lead: Lead, stage: Lead["stage"]) => {
    lead.stage = stage;
    changed.add(lead);
  };
  // Who has not paid by the day of the rental has gone elsewhere.
  const lost = [...deposits, ...quotes, ...inquiries].filter((lead) =>
    isBy(lead.start, date) || chance(lead.stage === "deposit" ? 3 : 7)
  );
  for (const lead of lost) move(lead, "cancelled");
  const goOn = (leads: readonly Lead[], percent: number, stage: Lead["stage"]) => {
    const moved = leads.filter((lead) => lead.stage !== "cancelled" && chance(percent));
    for (const lead of moved) move(lead, stage);
    return moved;
  };
  const booked = goOn(deposits, 55, "confirmed");
  const paying = goOn(quotes, 40, "deposit");
  const quoted = goOn(inquiries, 70, "quote");
  for (const lead of quoted) lead.price = priceOf(lead, counting);
  notes.push(
    `quoted: ${quoted.length}, asked for a deposit: ${paying.length}, booked: ${booked.length}, ` +
      `lost: ${lost.length}`,
  );
}

/** New inquiries come in. */
export async function answer(
  company: Company,
  calledAt: Temporal.ZonedDateTime,
): Promise<DayNotes> {
  const { book, chance } = company;
  const today = calledAt.toPlainDate();
  const count = callsOf(company, today);
  if (count === 0) return ["nobody called"];
  const planned = planInquiries(2 * count, company, today);
  const isLiked = ({ start }: CalledLead) => LIKED_STARTS.includes(start.dayOfWeek);
  const liked = planned.filter((lead) => isLiked(lead) && chance(75));
  const chosen = [...liked, ...planned.filter((lead) => !liked.includes(lead))].slice(0, count);
  const isNew = chosen.map(() => chance(40));
  const met = [...await book.meet(chosen.filter((_, i) => isNew[i]).map(() => invent(company)))];
  const called: CalledLead[] = chosen.map((lead, i) => ({
    ...lead,
    client: (isNew[i] ? met.shift() : undefined) ?? lead.client,
    isAssigned: !chance(12),
  }));
  const promisedTwice = chance(12) ? promiseTwice(company, called, today) : [];
  await book.add(called, calledAt);
  return [
    `new inquiries: ${count}, of new clients: ${isNew.filter(Boolean).length}`,
    ...promisedTwice,
  ];
}

/** How many call, by season and weekday; the fraction left over decides about one more. */
function callsOf({ chance }: Company, { month, dayOfWeek }: Temporal.PlainDate): number {
  const mean = CALLS_A_DAY * (SEASON[month - 1] ?? 1) * (WEEKDAYS[dayOfWeek - 1] ?? 1);
  const whole = Math.floor(mean);
  const spread = chance(25) ? 1 : chance(33) ? -1 : 0;
  return Math.max(0, whole + (chance(Math.round(100 * (mean - whole))) ? 1 : 0) + spread);
}

/** Two colleagues promise one car: a call is put on the car and days of a booking. */
function promiseTwice(
  { faker, inStage, counting }: Company,
  called: CalledLead[],
  today: Temporal.PlainDate,
): string[] {
  const [lead] = called;
  const bookings = inStage("confirmed").filter(({ start, isAssigned }) =>
    isAssigned && !isBy(start, today.add({ days: 3 }))
  );
  if (!lead || bookings.length === 0) return [];
  const { car, start, end } = faker.helpers.arrayElement(bookings);
  const price = priceOf({ car, start, end }, counting);
  called[0] = { ...lead, car, start, end, price, stage: "deposit", isAssigned: true };
  return [`the ${car.model} was promised to two clients`];
}

const NATIONALITIES = [
  ...["United Arab Emirates", "India", "United Kingdom", "Russia", "Germany", "Egypt"],
  ...["Pakistan", "France", "Kazakhstan", "Lebanon"],
];

/** A client nobody has met; the licence counts on from those that there are. */
function invent({ faker, book }: Company): NewClient {
  const sex = faker.person.sexType();
  const [first, last] = [faker.person.firstName(sex), faker.person.lastName()];
  const number = book.clients.length + faker.number.int({ min: 1000, max: 9_999_000 });
  return {
    name: `${first} ${last}`,
    license: `DXB-${faker.number.int({ min: 1000, max: 9999 })}-${number}`,
    gender: sex,
    phone: `+97155${String(number).padStart(7, "0")}`,
    email: `${first}.${last}`.toLowerCase().replaceAll(/[^a-z.]/g, "") + `.${number}@example.com`,
    nationality: faker.helpers.arrayElement(NATIONALITIES),
  };
}
