import { findFreeCar } from "./free_cars.ts";
import type { Lead, NewCar } from "./lead_book.ts";
import type { Company } from "./company.ts";

/** On these days of every two months a car joins, or one leaves. */
const CYCLE_DAYS = 60;
const JOINS_ON = [12, 38];
const LEAVES_ON = 25;

const MODELS = [
  { model: "Kia Pegas", dailyrate: 89 },
  { model: "Toyota Yaris", dailyrate: 119 },
  { model: "Nissan Kicks", dailyrate: 149 },
  { model: "Hyundai Creta", dailyrate: 159 },
  { model: "MG ZS", dailyrate: 139 },
  { model: "Chevrolet Captiva", dailyrate: 189 },
];

/** Buys or sells a car when its day has come, and tells so. */
export async function changeFleet(
  company: Company,
  day: number,
  date: Temporal.PlainDate,
): Promise<string[]> {
  const dayOfCycle = day % CYCLE_DAYS;
  if (JOINS_ON.includes(dayOfCycle)) return await buy(company, date);
  if (dayOfCycle === LEAVES_ON) return await sell(company, date);
  return [];
}

async function buy({ faker, book }: Company, date: Temporal.PlainDate): Promise<string[]> {
  const number = String(faker.number.int({ min: 10_000, max: 99_999 }));
  const car: NewCar = {
    ...faker.helpers.arrayElement(MODELS),
    plate: `${faker.helpers.arrayElement([..."JKLMNPRS"])} ${number}`,
    color: faker.helpers.arrayElement(["white", "silver", "grey", "black"]),
    year: date.year,
    vin: `DEMOX${number}0000000`,
  };
  await book.buy(car, date);
  return [`a ${car.model} joined the fleet`];
}

/** The car with the fewest bookings goes when it is at home; its bookings get other cars, or none. */
async function sell(company: Company, date: Temporal.PlainDate): Promise<string[]> {
  const { book } = company;
  const isOpen = ({ stage }: Lead) =>
    ["inquiry", "quote", "deposit", "confirmed", "on_rent"].includes(stage);
  const openOf = (id: number) => book.leads.filter((lead) => isOpen(lead) && lead.car.id === id);
  const [car] = book.cars
    .filter(({ id }) => openOf(id).every(({ stage }) => stage !== "on_rent"))
    .sort((a, b) => openOf(a.id).length - openOf(b.id).length);
  if (!car) return [];
  const open = openOf(car.id);
  await book.sell(car, date);
  for (const lead of open) {
    const other = findFreeCar(lead, book);
    if (other) lead.car = other;
    else lead.stage = "cancelled";
  }
  if (open.length > 0) await book.update(open);
  return [`the ${car.model} ${car.plate} was sold, ${open.length} bookings and inquiries moved`];
}
