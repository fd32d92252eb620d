import type { Faker } from "@faker-js/faker";

/** An invented client. */
export interface Person {
  readonly name: string;
  readonly gender: string;
  readonly phone: string;
  readonly email: string;
  readonly nationality: string;
  readonly birthDate: Temporal.PlainDate;
  readonly license: string;
}

const BORN_AFTER = Temporal.PlainDate.from("1960-01-01");
const BORN_WITHIN_DAYS = 44 * 365;

/** `count` people, of whom no two share a licence number, a phone or an e-mail address. */
export function inventPeople(faker: Faker, count: number): Person[] {
  return Array.from({ length: count }, (_, i) => {
    const sex = faker.helpers.arrayElement(["female", "male"] as const);
    const firstName = faker.person.firstName(sex);
    const lastName = faker.person.lastName(sex);
    const born = faker.number.int({ max: BORN_WITHIN_DAYS });
    return {
      name: `${firstName} ${lastName}`,
      gender: sex,
      // A block of numbers that nobody is given.
      phone: `+9715550${String(i).padStart(5, "0")}`,
      email: `${firstName}.${lastName}.${i}@example.test`.toLowerCase().replace(/[^a-z0-9.@]/g, ""),
      nationality: faker.location.country(),
      birthDate: BORN_AFTER.add({ days: born }),
      license: `DXB-${faker.string.numeric(4)}-${String(i).padStart(3, "0")}`,
    };
  });
}
