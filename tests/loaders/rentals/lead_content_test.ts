import assert from "node:assert/strict";
import { parseMoment } from "../../../lib/landing/records/times.ts";
import { toContent, toLeadItem } from "../../../loaders/rentals/lead_content.ts";
import type { Rental } from "../../../loaders/rentals/rental.ts";
import type { RentalAccount } from "../../../loaders/rentals/rental_account.ts";

const ZONES = { account: "Europe/Moscow", business: "Asia/Dubai" };

const ACCOUNT: RentalAccount = {
  account: {
    id: 1,
    subdomain: "rental",
    timeZone: ZONES.account,
    serverTime: Temporal.Instant.from("2026-05-03T00:00:00Z"),
    isDated: true,
  },
  zones: ZONES,
  pipeline: { id: 5, name: "Car Rental", is_archive: false, statuses: [] },
  statusIds: {
    inquiry: 11,
    quote: 12,
    deposit: 13,
    confirmed: 14,
    on_rent: 15,
    returned: 16,
    closed: 142,
    cancelled: 143,
  },
  fields: {
    plate: { id: 101, type: "text" },
    dailyrate: { id: 102, type: "numeric" },
    license: { id: 103, type: "text" },
    rental_start: { id: 104, type: "date" },
    rental_end: { id: 105, type: "date_time" },
  },
  carsCatalogId: 7,
  clientsCatalogId: 8,
  cars: [],
  clients: [],
};

const RENTAL: Rental = {
  stage: "confirmed",
  car: { id: 1, model: "", plate: "A 1", dailyrate: 99.5 },
  client: null,
  start: Temporal.PlainDate.from("2026-05-03"),
  end: Temporal.PlainDate.from("2026-05-06"),
  price: 299,
};

Deno.test("toLeadItem() writes days as midnights, in the zone in which each type of field is read", () => {
  const start = Date.UTC(2026, 4, 2, 21) / 1000;
  const end = Date.UTC(2026, 4, 5, 20) / 1000;

  assert.deepEqual(toLeadItem(toContent(RENTAL, ACCOUNT), ACCOUNT), {
    status_id: 14,
    pipeline_id: 5,
    price: 299,
    custom_fields_values: [
      { field_id: 101, values: [{ value: "A 1" }] },
      { field_id: 102, values: [{ value: "99.5" }] },
      { field_id: 104, values: [{ value: start }] },
      { field_id: 105, values: [{ value: end }] },
    ],
  });
  const midnight = (day: string) => ({ value: `${day}T20:00:00Z` });
  assert.deepEqual(parseMoment(start, "date", ZONES), midnight("2026-05-02"));
  assert.deepEqual(parseMoment(end, "date_time", ZONES), midnight("2026-05-05"));
});

Deno.test("toLeadItem() says nothing of what a part does not hold, and adds other fields", () => {
  const uid = { field_id: 106, values: [{ value: "uid" }] };

  assert.deepEqual(toLeadItem({ price: 0 }, ACCOUNT), { price: 0 });
  assert.deepEqual(toLeadItem({ license: null }, ACCOUNT, [uid]), { custom_fields_values: [uid] });
  assert.deepEqual(toLeadItem({ client_name: "No field for it" }, ACCOUNT), {});
});

Deno.test("toLeadItem() writes a day into a text field as text", () => {
  const account = { ...ACCOUNT, fields: { rental_start: { id: 104, type: "text" } } };

  assert.deepEqual(toLeadItem({ rental_start: "2026-05-03" }, account), {
    custom_fields_values: [{ field_id: 104, values: [{ value: "2026-05-03" }] }],
  });
});
