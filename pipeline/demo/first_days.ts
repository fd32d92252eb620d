import { priceOf } from "../../loaders/rentals/rental_days.ts";
import type { Stage } from "../../loaders/rentals/stages.ts";
import type { Company, Day, DayNotes } from "./company.ts";
import { daysOf, isBy } from "./days.ts";
import { planInquiries } from "./inquiries.ts";
import type { Lead } from "./lead_book.ts";

const NEW_INQUIRIES = 3;

/** The first five days of a business, whose surprises show what history is for. */
export function createFirstDays(company: Company): Day {
  const { faker, book, counting, inStage } = company;
  const move = async (chosen: readonly Lead[], stage: Stage) => {
    for (const lead of chosen) lead.stage = stage;
    await book.update(chosen);
    return chosen.length;
  };
  const some = (stage: Stage, count: number) =>
    faker.helpers.arrayElements(inStage(stage), Math.min(count, inStage(stage).length));

  /** Cars go out and come back on the days that were agreed. */
  const handOver = async (date: Temporal.PlainDate) => {
    const closed = await move(some("returned", 3), "closed");
    const back = await move(inStage("on_rent").filter(({ end }) => isBy(end, date)), "returned");
    const out = await move(
      inStage("confirmed").filter(({ start }) => isBy(start, date)),
      "on_rent",
    );
    return `cars handed out: ${out}, taken back: ${back}; rentals closed: ${closed}`;
  };

  /** Customers call, and leads go on towards a booking, or away. */
  const sell = async (calledAt: Temporal.ZonedDateTime) => {
    const booked = await move(some("deposit", 2), "confirmed");
    const paying = await move(some("quote", 2), "deposit");
    const quoted = some("inquiry", 3);
    for (const lead of quoted) lead.price = priceOf(lead, counting);
    await move(quoted, "quote");
    const lost = await move(some("quote", 1), "cancelled");
    await book.add(planInquiries(NEW_INQUIRIES, company, calledAt.toPlainDate()), calledAt);
    return `new inquiries: ${NEW_INQUIRIES}, quoted: ${quoted.length}, asked for a deposit: ` +
      `${paying}, booked: ${booked}, lost: ${lost}`;
  };

  const surprises = createSurprises(company);
  return async (day, date, at) => {
    at("10:00");
    const handedOver = await handOver(date);
    const sold = await sell(at("13:00"));
    at("16:00");
    return [handedOver, sold, ...await surprises(day)];
  };
}

/** What makes history interesting: a price there and back, a new plate, a shortened and a cancelled rental. */
function createSurprises({ book, counting, inStage }: Company): (day: number) => Promise<DayNotes> {
  const bookings = () =>
    inStage("confirmed").sort((a, b) => Temporal.PlainDate.compare(b.end, a.end));
  let repriced: { readonly lead: Lead; readonly before: number } | undefined;
  const reprice = async () => {
    const [lead] = bookings();
    if (!lead) return [];
    repriced = { lead, before: lead.price };
    lead.price += 50;
    await book.update([lead]);
    return ["the price of a booking went up by 50"];
  };
  const replate = async () => {
    const [car] = book.cars;
    if (!car) return [];
    await book.replate(car, `${car.plate.slice(0, 2)}9${car.plate.slice(3)}`);
    return [`the ${car.model} was registered anew`];
  };
  const shorten = async () => {
    const lead = bookings().find((one) => one !== repriced?.lead && daysOf(one) > 2);
    if (!lead) return [];
    lead.end = lead.end.subtract({ days: 1 });
    lead.price = priceOf(lead, counting);
    await book.update([lead]);
    return ["a booking was shortened by a day"];
  };
  const priceBack = async () => {
    if (!repriced) return [];
    repriced.lead.price = repriced.before;
    await book.update([repriced.lead]);
    return ["the raised price went back"];
  };
  const cancel = async () => {
    const lead = bookings().find((one) => one !== repriced?.lead);
    if (!lead) return [];
    lead.stage = "cancelled";
    await book.update([lead]);
    return ["a booking was cancelled"];
  };
  return async (day) => {
    if (day === 2) return await reprice();
    if (day === 3) return [...await replate(), ...await shorten()];
    if (day === 4) return [...await priceBack(), ...await cancel()];
    return [];
  };
}
