import assert from "node:assert/strict";
import { chooseLanguage, readState } from "../../../lib/dashboard/address.ts";
import { PageError } from "../../../lib/dashboard/page/page.ts";
import { testPage } from "../../support/site.tsx";

const page = testPage("/fleet", () => ({}), { parameters: ["level"] });

const given = {
  today: Temporal.PlainDate.from("2026-06-10"),
  builtFor: Temporal.PlainDate.from("2026-06-10"),
  language: "en",
  horizonDays: 730,
} as const;

const read = (query: string) => readState(page, new URLSearchParams(query), given);

function problemOf(query: string): readonly [number, string] {
  try {
    read(query);
  } catch (error) {
    if (error instanceof PageError) return [error.status, error.message];
    throw error;
  }
  return [200, ""];
}

Deno.test("readState() takes what the address says, and the page's own where it says nothing", () => {
  const { period, ...rest } = read(
    "from=2026-05-03&car=12&model=Kia+Rio&as_of=2026-06-01&level=model",
  );
  assert.deepEqual([`${period.from}`, `${period.to}`], ["2026-05-03", "2026-05-31"]);
  assert.deepEqual({ ...rest, asOf: `${rest.asOf}` }, {
    car: 12,
    model: "Kia Rio",
    asOf: "2026-06-01",
    language: "en",
    own: { level: "model" },
    address: {
      from: "2026-05-03",
      car: "12",
      model: "Kia Rio",
      as_of: "2026-06-01",
      level: "model",
    },
  });
});

Deno.test("readState() takes an empty parameter, as forms send it, for none", () => {
  const { period, car, model, asOf, address } = read("from=&to=&car=&model=&as_of=&lang=");
  assert.deepEqual([`${period.from}`, `${period.to}`], ["2026-05-01", "2026-05-31"]);
  assert.deepEqual([car, model, asOf, address], [null, null, null, {}]);
});

Deno.test("readState() looks at an earlier day in the period that is usual for it", () => {
  const monthOf = (day: Temporal.PlainDate) => ({ from: day.with({ day: 1 }), to: day });
  const usual = testPage("/fleet", () => ({}), { defaultPeriod: monthOf });
  const { period } = readState(usual, new URLSearchParams("as_of=2026-03-20"), given);
  assert.deepEqual([`${period.from}`, `${period.to}`], ["2026-03-01", "2026-03-20"]);

  const always = testPage("/data", () => ({}), { defaultPeriod: monthOf, filters: ["period"] });
  const { period: present } = readState(always, new URLSearchParams("as_of=2026-03-20"), given);
  assert.deepEqual([`${present.from}`, `${present.to}`], ["2026-06-01", "2026-06-10"]);
});

Deno.test("readState() takes a month for its days", () => {
  const { period } = read("from=2026-02&to=2026-04");
  assert.deepEqual([`${period.from}`, `${period.to}`], ["2026-02-01", "2026-04-30"]);
});

Deno.test("readState() passes over what the page has no filter for, but carries it", () => {
  const plain = testPage("/data", () => ({}), { filters: [] });
  const { period, car, address } = readState(
    plain,
    new URLSearchParams("from=2026-01-01&to=2026-01-31&car=12"),
    given,
  );
  assert.deepEqual([`${period.from}`, `${period.to}`, car], ["2026-05-01", "2026-05-31", null]);
  assert.deepEqual(address, { from: "2026-01-01", to: "2026-01-31", car: "12" });
});

for (
  const [query, message] of [
    ["from=2026-13", 'from is "2026-13", expected a day like 2026-05-03 or a month like 2026-05.'],
    [
      "to=2026-02-30",
      'to is "2026-02-30", expected a day like 2026-05-03 or a month like 2026-05.',
    ],
    ["from=0001-01", 'from is "0001-01", expected a day like 2026-05-03 or a month like 2026-05.'],
    ["as_of=0999-12-31", 'as_of is "0999-12-31", expected a day like 2026-05-03.'],
    ["model=Kia%00", "model has a character that no text of the warehouse can have."],
    ["level=%00", "level has a character that no text of the warehouse can have."],
    ["from=May", 'from is "May", expected a day like 2026-05-03 or a month like 2026-05.'],
    [
      "from=2026-05-03&to=2026-05-02",
      "The period begins on 2026-05-03 and ends before that, on 2026-05-02. " +
      "Give from and to in their order.",
    ],
    ["from=2010-01-01", "The period is longer than 3660 days. Give a shorter one."],
    [
      "from=2028-06-01&to=2028-06-10",
      "The period reaches to 2028-06-10, but days after 2028-06-09 are not built. End it there.",
    ],
    ["car=0", 'car is "0", expected the number of a car, like 123.'],
    ["car=12e3", 'car is "12e3", expected the number of a car, like 123.'],
    [
      "car=99999999999999999",
      'car is "99999999999999999", expected the number of a car, like 123.',
    ],
    ["as_of=2026-05", 'as_of is "2026-05", expected a day like 2026-05-03.'],
    [
      "as_of=2026-06-11",
      "as_of is 2026-06-11, which is still to come. Give a day up to today, 2026-06-10.",
    ],
    ["lang=de", 'lang is "de", expected en or ru.'],
    ["car=1&car=2", 'The address has the parameter "car" more than once. Keep one of them.'],
    [
      "cars=1",
      'The address has a parameter "cars", which this page does not know. ' +
      "It knows: from, to, car, model, as_of, lang, level.",
    ],
  ] as const
) {
  Deno.test(`readState() refuses ?${query}`, () => {
    assert.deepEqual(problemOf(query), [400, message]);
  });
}

Deno.test("chooseLanguage() takes the address, else the setting, else what the browser likes best", () => {
  const choose = (query: string, setting: "en" | "ru" | null, header: string | null) =>
    chooseLanguage(new URLSearchParams(query), setting, header);
  assert.equal(choose("lang=en", "ru", "ru"), "en");
  assert.equal(choose("", "ru", "en"), "ru");
  assert.equal(choose("lang=de", null, "de-DE,ru-RU;q=0.8,en;q=0.5"), "ru");
  assert.equal(choose("", null, "ru;q=0, en;q=0.1"), "en");
  assert.equal(choose("", null, "de"), "en");
  assert.equal(choose("", null, null), "en");
});
