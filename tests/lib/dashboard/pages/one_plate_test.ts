import assert from "node:assert/strict";
import { csvRecords, get, plainText, serveLook } from "../../../support/look_site.ts";
import { buildDay } from "../../../support/marts.ts";
import { readTables } from "../../../support/page_tables.ts";
import { CLOSED, CONFIRMED, dubai, element, lead } from "../../../support/rentals.ts";
import { testOnBothWarehouses } from "../../../support/warehouses.ts";

const MAY = "from=2026-05&to=2026-05";

function rental(id: number, car: number, status_id: number, from: number) {
  return lead(id, "2026-05-02 10:00", {
    status_id,
    car_element_id: car,
    client_element_id: 70,
    budget: 300,
    rental_start: dubai(`2026-05-${from} 10:00`),
    rental_end: dubai(`2026-05-${from + 2} 10:00`),
  });
}

testOnBothWarehouses(
  "two cars with one plate are told apart on every page and in its CSV, and a car without a model has a row",
  async (warehouse) => {
    await buildDay(warehouse, "2026-05-20", {
      cars: [
        element(11, "2026-05-01 08:00", { plate: "A 1", model: "Sedan" }),
        element(12, "2026-05-01 08:00", { plate: "A 1", model: "Sedan" }),
        element(13, "2026-05-01 08:00", { plate: "B 2", model: null }),
        // One gives its plate to the next in mid-month.
        element(14, "2026-05-01 08:00", { plate: "C 3", model: "Van" }),
        element(14, "2026-05-15 08:00", { plate: "C 4", model: "Van" }),
        element(15, "2026-05-15 09:00", { plate: "C 3", model: "Van" }),
      ],
      clients: [element(70, "2026-05-01 08:00", { client_name: "Anna" })],
      leads: [
        ...[rental(1, 11, CLOSED, 10), rental(2, 12, CLOSED, 10), rental(3, 13, CLOSED, 10)],
        ...[rental(4, 11, CONFIRMED, 22), rental(5, 14, CLOSED, 12), rental(6, 15, CLOSED, 16)],
      ],
    });
    await using site = await serveLook(warehouse);
    const read = async (path: string) => (await get(site, path)).text;
    const carsOf = async (path: string) =>
      (await csvRecords(site, path)).map(({ plate, car, car_id }) => `${plate ?? car} ${car_id}`);

    assert.deepEqual(await carsOf(`/calendar.csv?${MAY}`), [
      ...["A 1 11", "A 1 11", "A 1 12", "B 2 13", "C 4 14", "C 3 15"],
    ]);
    assert.deepEqual((await carsOf(`/money.csv?${MAY}&table=bookings`)).sort(), [
      ...["A 1 11", "A 1 11", "A 1 12", "B 2 13", "C 3 15", "C 4 14"],
    ]);
    assert.deepEqual((await carsOf(`/fleet.csv?${MAY}&table=cars`)).sort(), [
      ...["A 1 11", "A 1 12", "B 2 13", "C 3 15", "C 4 14"],
    ]);
    const free = await csvRecords(site, "/today.csv?table=free_car");
    assert.equal(free.find(({ plate }) => plate === "B 2")?.model, "(none)");
    // A masked name says nothing, so its id is there.
    const clients = await csvRecords(site, `/funnel.csv?${MAY}&table=leads`);
    assert.deepEqual(new Set(clients.map(({ client_id }) => client_id)), new Set(["70"]));

    const fleet = await read(`/fleet?${MAY}`);
    const cars = readTables(fleet).find(({ title }) => title === "Cars")?.rows ?? [];
    assert.deepEqual(cars.map(([name]) => name).sort(), [
      ...["A 1 · 11", "A 1 · 12", "B 2", "C 3", "C 4"],
    ]);
    assert.equal(cars.find(([name]) => name === "B 2")?.[1], "(none)");
    const choices = [...fleet.matchAll(/<option value="\d+"[^>]*>([^<]*)/g)].map(([, name]) =>
      name
    );
    assert.deepEqual(choices, [
      ...["(none) · B 2", "Sedan · A 1 · 11", "Sedan · A 1 · 12", "Van · C 3", "Van · C 4"],
    ]);
    // In the heat map and the tape too.
    assert.match(plainText(fleet), /Idle (?:[A-Z] \d (?:· \d\d )?){5}Cars by days/);
    const tape = plainText(await read(`/calendar?${MAY}`));
    for (const name of ["A 1 · 11 Sedan", "A 1 · 12 Sedan", "C 3 → C 4"]) {
      assert.ok(tape.includes(name), name);
    }
  },
);
