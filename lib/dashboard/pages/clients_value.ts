import { z } from "zod";
import type { Column, PageRequest } from "../page/page.ts";
import { clientsWords } from "../words/clients_page.ts";
import { type PagedTable, readPlace } from "./paged_table.ts";

export const CLIENT_SUMS_FILE = "dashboard/clients_sums.sql";

const SQL_FILE = "dashboard/clients_by_value.sql";

const sumRows = z.tuple([z.object({
  all_rows: z.number(),
  clients: z.number(),
  repeat_clients: z.number(),
  repeat_share: z.string().nullable(),
  rentals: z.number(),
  revenue: z.string(),
  unpriced_rentals: z.number(),
  bookings_ahead: z.number(),
  revenue_ahead: z.string(),
})]);

/** What all clients together brought in, and how many came back. */
export type ClientSums = z.infer<typeof sumRows>[0];

export async function readClientSums({ ask }: PageRequest): Promise<ClientSums> {
  const [sums] = sumRows.parse([...await ask(CLIENT_SUMS_FILE, [])]);
  return sums;
}

const clientRows = z.array(z.object({
  client_id: z.string(),
  client_name: z.string().nullable(),
  rentals: z.number(),
  revenue: z.string(),
  unpriced_rentals: z.number(),
  first_rental: z.string().nullable(),
  last_rental: z.string().nullable(),
  is_repeat: z.boolean().nullable(),
  bookings_ahead: z.number(),
  revenue_ahead: z.string(),
}));

/** Reads a page of the clients, the most valuable first. */
export async function readClients(request: PageRequest, total: number): Promise<PagedTable> {
  const words = clientsWords[request.state.language];
  const { offset, limit, ...place } = readPlace(request, {
    ...{ table: "clients", isFirst: true },
    ...{ total, parameter: "page" },
  });
  const rows = clientRows.parse(await request.ask(SQL_FILE, [offset, limit]));
  return {
    ...place,
    table: {
      name: "clients",
      title: words.topTable,
      sqlFile: SQL_FILE,
      allRows: total,
      columns: columnsOf(request),
      rows: rows.map((row) => ({
        ...row,
        client: row.client_id === "0" ? words.unknown : row.client_id,
      })),
    },
  };
}

function columnsOf({ state }: PageRequest): readonly Column[] {
  const words = clientsWords[state.language];
  const of = (column: string) => `dm.client_value.${column}`;
  return [
    {
      key: "client",
      title: words.client,
      kind: "id",
      linkTo: (row) => row.client_id === "0" ? null : `/history/client/${row.client_id}`,
    },
    { key: "client_name", title: words.name, kind: "text", isPersonal: true },
    { key: "revenue", title: words.revenue, kind: "money", definition: of("revenue") },
    { key: "rentals", title: words.rentals, kind: "count", definition: of("rentals") },
    {
      key: "unpriced_rentals",
      title: words.unpricedRentals,
      kind: "count",
      definition: of("unpriced_rentals"),
    },
    {
      key: "first_rental",
      title: words.firstRental,
      kind: "date",
      definition: of("first_rental"),
    },
    { key: "last_rental", title: words.lastRental, kind: "date", definition: of("last_rental") },
    { key: "is_repeat", title: words.isRepeat, kind: "flag", definition: of("is_repeat") },
    {
      key: "bookings_ahead",
      title: words.bookingsAhead,
      kind: "count",
      definition: of("bookings_ahead"),
    },
    {
      key: "revenue_ahead",
      title: words.revenueAhead,
      kind: "money",
      definition: of("revenue_ahead"),
    },
  ];
}
