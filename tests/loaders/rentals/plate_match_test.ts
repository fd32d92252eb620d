import assert from "node:assert/strict";
import { findByPlate } from "../../../loaders/rentals/plate_match.ts";

const CARS = [{ plate: "A 10421" }, { plate: "A-1042" }, { plate: "B 20835" }, { plate: "-" }];

for (
  const text of [
    "A 10421",
    "Nissan Sunny a-10421",
    "(A10421)",
    "A 1 0421: five days",
    "\tA 10421\n",
  ]
) {
  Deno.test(`findByPlate() finds the car of ${JSON.stringify(text)}`, () => {
    assert.deepEqual(findByPlate(text, CARS), { plate: "A 10421" });
  });
}

Deno.test("findByPlate() takes a plate as a whole only", () => {
  assert.deepEqual(findByPlate("A 1042 Sunny", CARS), { plate: "A-1042" });
  assert.equal(findByPlate("AA 10421", CARS), "none");
  assert.equal(findByPlate("A 104210", CARS), "none");
  assert.equal(findByPlate("", CARS), "none");
});

Deno.test("findByPlate() does not choose between two cars", () => {
  assert.equal(findByPlate("A 10421 instead of B 20835", CARS), "several");
  assert.equal(findByPlate("C 1", [{ plate: "C 1" }, { plate: "c-1" }]), "several");
});

Deno.test("findByPlate() takes the signs of a plate as they are", () => {
  assert.deepEqual(findByPlate("Ж.1+ 77", [{ plate: "ж.1+77" }]), { plate: "ж.1+77" });
  assert.equal(findByPlate("ЖX1+ 77", [{ plate: "ж.1+77" }]), "none");
});

Deno.test("findByPlate() finds a plate in the other alphabet, in any case, with any dash", () => {
  const cars = [{ plate: "А777ВС77" }, { plate: "B 20835" }];
  for (const text of ["Sunny a777bc77", "Солярис а 777 вс 77", "А–777\u00A0ВС-77 (до пятницы)"]) {
    assert.deepEqual(findByPlate(text, cars), { plate: "А777ВС77" });
  }
  assert.equal(findByPlate("А777ВС777", cars), "none");
});
