import type { RecordContext } from "../../lib/landing/records/record.ts";

/** An account in Moscow whose warehouse counts days in Dubai; lead fields 1 to 7, catalogs 50 and 60. */
export const LEAD_CONTEXT: RecordContext = {
  fields: {
    model: { id: 1, type: "text" },
    plate: { id: 2, type: "text" },
    dailyrate: { id: 3, type: "numeric" },
    client_name: { id: 4, type: "text" },
    license: { id: 5, type: "text" },
    rental_start: { id: 6, type: "date" },
    rental_end: { id: 7, type: "date_time" },
  },
  zones: { account: "Europe/Moscow", business: "Asia/Dubai" },
  carsCatalogId: 50,
  clientsCatalogId: 60,
};

/** `custom_fields_values` of field id to value. */
export function customValues(values: Readonly<Record<number, unknown>>) {
  return Object.entries(values).map(([id, value]) => ({
    field_id: Number(id),
    field_name: "Field",
    field_code: null,
    field_type: "text",
    values: [{ value }],
  }));
}

/** A lead as the list gives it; 2026-05-01 10:00 UTC. */
export function leadRecord(more: Readonly<Record<string, unknown>> = {}) {
  return {
    id: 101,
    name: "Rental",
    price: 900,
    responsible_user_id: 9,
    group_id: 0,
    status_id: 11,
    pipeline_id: 10,
    loss_reason_id: null,
    created_at: 1_777_629_600,
    updated_at: 1_777_629_600,
    closed_at: null,
    is_deleted: false,
    custom_fields_values: null,
    account_id: 1,
    _links: { self: { href: "https://test.amocrm.ru/api/v4/leads/101?page=1&limit=250" } },
    _embedded: { tags: [], companies: [] },
    ...more,
  };
}
