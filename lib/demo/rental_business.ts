import type { Faker } from "@faker-js/faker";
import type { Car } from "./fleet.ts";
import type { RentalAccount } from "./rental_account.ts";
import type { Rental, RentalPlan } from "./rental_plan.ts";
import type { Stage } from "./stages.ts";

/** What happened on a day, in sentences for people. */
export type DayNotes = readonly string[];

/** A rental company at work in its CRM. */
export interface RentalBusiness {
  /** Fills the account with what the company had before the demo. */
  open(): Promise<number>;
  /** Lives through a day; `at` moves the account's clock to an hour of it. Day 1 is the first one. */
  live(
    day: number,
    date: Temporal.PlainDate,
    at: (time: string) => Temporal.ZonedDateTime,
  ): Promise<DayNotes>;
}

interface Lead {
  readonly id: number;
  readonly rental: Rental;
}

const NEW_INQUIRIES = 3;

/** The business of `plan` in `account`; what it does depends on the state of `faker` alone. */
export function createRentalBusiness(
  faker: Faker,
  account: RentalAccount,
  plan: RentalPlan,
  cars: readonly Car[],
): RentalBusiness {
  const leads: Lead[] = [];
  const inStage = (...stages: Stage[]) =>
    leads.filter(({ rental }) => stages.includes(rental.stage));
  const add = async (rentals: readonly Rental[]) => {
    const ids = await account.addLeads(rentals);
    ids.forEach((id, i) => {
      const rental = rentals[i];
      if (rental) leads.push({ id, rental });
    });
    return ids.length;
  };
  const move = async (chosen: readonly Lead[], stage: Stage) => {
    for (const { rental } of chosen) rental.stage = stage;
    await account.updateLeads(chosen);
    return chosen.length;
  };
  const some = (stage: Stage, count: number) =>
    faker.helpers.arrayElements(inStage(stage), Math.min(count, inStage(stage).length));

  /** Cars go out and come back on the days that were agreed. */
  const handOver = async (date: Temporal.PlainDate) => {
    const isOn = (day: Temporal.PlainDate) => Temporal.PlainDate.compare(day, date) <= 0;
    const closed = await move(some("returned", 3), "closed");
    const back = await move(
      inStage("on_rent").filter(({ rental }) => isOn(rental.end)),
      "returned",
    );
    const out = await move(
      inStage("confirmed").filter(({ rental }) => isOn(rental.start)),
      "on_rent",
    );
    return `cars handed out: ${out}, taken back: ${back}; rentals closed: ${closed}`;
  };

  /** Customers call, and leads go on towards a booking, or away. */
  const sell = async (calledAt: Temporal.ZonedDateTime) => {
    const booked = await move(some("deposit", 2), "confirmed");
    const paying = await move(some("quote", 2), "deposit");
    const quoted = some("inquiry", 3);
    for (const { rental } of quoted) rental.price = rateOf(cars, rental) * daysOf(rental);
    await move(quoted, "quote");
    const lost = await move(some("quote", 1), "cancelled");
    const calls = Array.from({ length: NEW_INQUIRIES }, () => plan.inquire(calledAt));
    const called = await add(calls);
    return `new inquiries: ${called}, quoted: ${quoted.length}, asked for a deposit: ${paying}, ` +
      `booked: ${booked}, lost: ${lost}`;
  };

  const surprises = createSurprises(
    account,
    cars,
    () =>
      inStage("confirmed").sort((a, b) => Temporal.PlainDate.compare(b.rental.end, a.rental.end)),
  );
  return {
    open: () => add(plan.atStart),
    async live(day, date, at) {
      at("10:00");
      const handedOver = await handOver(date);
      const sold = await sell(at("13:00"));
      at("16:00");
      const surprised = await surprises(day);
      return [handedOver, sold, ...surprised];
    },
  };
}

/** What makes history interesting: a price there and back, a new plate, a shortened and a cancelled rental. */
function createSurprises(
  account: RentalAccount,
  cars: readonly Car[],
  bookings: () => readonly Lead[],
): (day: number) => Promise<DayNotes> {
  let repriced: { readonly lead: Lead; readonly before: number } | undefined;
  const reprice = async () => {
    const [lead] = bookings();
    if (!lead) return [];
    repriced = { lead, before: lead.rental.price };
    lead.rental.price += 50;
    await account.updateLeads([lead]);
    return ["the price of a booking went up by 50"];
  };
  const replate = async () => {
    const [car] = cars;
    if (!car) return [];
    car.plate = `${car.plate.slice(0, 2)}9${car.plate.slice(3)}`;
    await account.updatePlate(0);
    return [`the ${car.model} was registered anew`];
  };
  const shorten = async () => {
    const lead = bookings().find((one) => one !== repriced?.lead && daysOf(one.rental) > 2);
    if (!lead) return [];
    lead.rental.end = lead.rental.end.subtract({ days: 1 });
    lead.rental.price -= rateOf(cars, lead.rental);
    await account.updateLeads([lead]);
    return ["a booking was shortened by a day"];
  };
  const priceBack = async () => {
    if (!repriced) return [];
    repriced.lead.rental.price = repriced.before;
    await account.updateLeads([repriced.lead]);
    return ["the raised price went back"];
  };
  const cancel = async () => {
    const lead = bookings().find((one) => one !== repriced?.lead);
    if (!lead) return [];
    lead.rental.stage = "cancelled";
    await account.updateLeads([lead]);
    return ["a booking was cancelled"];
  };
  return async (day) => {
    if (day === 2) return await reprice();
    if (day === 3) return [...await replate(), ...await shorten()];
    if (day === 4) return [...await priceBack(), ...await cancel()];
    return [];
  };
}

function daysOf({ start, end }: Rental): number {
  return start.until(end).days;
}

function rateOf(cars: readonly Car[], rental: Rental): number {
  return cars[rental.car]?.dailyrate ?? 0;
}
