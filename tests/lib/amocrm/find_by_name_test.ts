import assert from "node:assert/strict";
import { AmoError } from "../../../lib/amocrm/answers.ts";
import { findByNameOrId } from "../../../lib/amocrm/find_by_name.ts";

const CATALOGS = [
  { id: 7, name: "Cars" },
  { id: 8, name: "Clients " },
  { id: 9, name: "7" },
  { id: 10, name: "Old" },
  { id: 11, name: "old" },
];

function find(nameOrId: string, entries = CATALOGS) {
  return findByNameOrId(entries, { kind: "catalog", nameOrId, setting: "AMO_CARS_CATALOG" });
}

Deno.test("findByNameOrId() finds by name without regard to case and blanks, and by id", () => {
  assert.equal(find(" cars").id, 7);
  assert.equal(find("clients").id, 8);
  assert.equal(find("8").id, 8);
});

Deno.test("findByNameOrId() lets a name win over an id", () => {
  assert.equal(find("7").id, 9);
});

Deno.test("findByNameOrId() says what there is when it finds nothing", () => {
  assert.throws(
    () => find("Bikes", CATALOGS.slice(0, 2)),
    new AmoError(
      'Cannot find the catalog "Bikes": found 0 among 2: "Cars" (7), "Clients" (8), expected 1: set ' +
        "AMO_CARS_CATALOG to a name or an id, or create it with deno task helper_fields --all",
      null,
    ),
  );
  assert.throws(
    () => find("Bikes", []),
    new AmoError(
      'Cannot find the catalog "Bikes": found 0 among none, expected 1: set AMO_CARS_CATALOG to a name ' +
        "or an id, or create it with deno task helper_fields --all",
      null,
    ),
  );
});

Deno.test("findByNameOrId() refuses to choose between two of one name", () => {
  assert.throws(
    () => find("OLD"),
    new AmoError(
      'Cannot find the catalog "OLD": found 2 of that name (ids 10, 11), expected 1: set ' +
        "AMO_CARS_CATALOG to the id",
      null,
    ),
  );
});
