import { z } from "zod";
import type { AmoClient } from "../../lib/amocrm/client.ts";
import type { Query } from "../../lib/amocrm/query.ts";
import { querySqlFile } from "../../lib/warehouse/sql_file.ts";
import type { Warehouse } from "../../lib/warehouse/warehouse.ts";
import { readStages } from "./figures.ts";

const leadsPage = z.object({
  _embedded: z.object({
    leads: z.array(z.object({ status_id: z.int(), pipeline_id: z.int(), price: z.number() })),
  }),
});
const elementsPage = z.object({
  _embedded: z.object({
    elements: z.array(z.object({
      id: z.int(),
      custom_fields_values: z.array(z.object({
        field_name: z.string(),
        values: z.array(z.object({ value: z.unknown() })),
      })).nullable(),
    })),
  }),
});
const catalogsPage = z.object({
  _embedded: z.object({ catalogs: z.array(z.object({ id: z.int(), name: z.string() })) }),
});
const plateRows = z.array(z.object({ car_id: z.coerce.number(), plate: z.string().nullable() }));

/**
 * Reads the account by the plainest of all ways, page by page, and returns what the warehouse tells
 * otherwise: one sentence each, none when both agree.
 */
export async function findDifferences(
  client: AmoClient,
  { sql }: Warehouse,
): Promise<string[]> {
  const stages = await readStages(sql);
  const plates = plateRows.parse([...await querySqlFile(sql, "demo/plates_in_fleet.sql", [])]);
  return [
    ...compare(
      "leads and budget of status",
      await leadsInCrm(client),
      new Map(stages.map((row) => [String(row.status_id), `${row.leads} leads, ${row.budget}`])),
    ),
    ...compare(
      "plate of car",
      await platesInCrm(client),
      new Map(plates.map((row) => [String(row.car_id), row.plate ?? "none"])),
    ),
  ];
}

async function leadsInCrm(client: AmoClient): Promise<Map<string, string>> {
  const totals = new Map<number, { leads: number; budget: number }>();
  for await (const page of pages(client, "/api/v4/leads", { order: { id: "asc" } })) {
    for (const { status_id, price } of leadsPage.parse(page)._embedded.leads) {
      const { leads, budget } = totals.get(status_id) ?? { leads: 0, budget: 0 };
      totals.set(status_id, { leads: leads + 1, budget: budget + price });
    }
  }
  return new Map(
    [...totals].map(([status, { leads, budget }]) => [String(status), `${leads} leads, ${budget}`]),
  );
}

async function platesInCrm(client: AmoClient): Promise<Map<string, string>> {
  const { _embedded: { catalogs } } = catalogsPage.parse(
    (await client.get("/api/v4/catalogs", {})).body,
  );
  const cars = catalogs.find(({ name }) => name === "Cars");
  const plates = new Map<string, string>();
  for await (const page of pages(client, `/api/v4/catalogs/${cars?.id}/elements`)) {
    for (const { id, custom_fields_values } of elementsPage.parse(page)._embedded.elements) {
      const plate = custom_fields_values?.find(({ field_name }) => field_name === "Plate");
      plates.set(String(id), String(plate?.values[0]?.value ?? "none"));
    }
  }
  return plates;
}

async function* pages(client: AmoClient, path: string, query: Query = {}): AsyncGenerator<unknown> {
  for (let number = 1;; number++) {
    const { body } = await client.get(path, { ...query, limit: 250, page: number });
    if (body === null) return;
    yield body;
  }
}

function compare(
  what: string,
  inCrm: ReadonlyMap<string, string>,
  inWarehouse: ReadonlyMap<string, string>,
): string[] {
  const keys = new Set([...inCrm.keys(), ...inWarehouse.keys()]);
  return [...keys].filter((key) => inCrm.get(key) !== inWarehouse.get(key)).map((key) =>
    `${what} ${key}: amoCRM has ${inCrm.get(key) ?? "nothing"}, ` +
    `the warehouse ${inWarehouse.get(key) ?? "nothing"}`
  );
}
