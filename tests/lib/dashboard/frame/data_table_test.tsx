import assert from "node:assert/strict";
import { DataTableView } from "../../../../lib/dashboard/frame/data_table.tsx";
import type { DataTable } from "../../../../lib/dashboard/page/page.ts";
import { SETTINGS, stateOf } from "../../../support/gallery.tsx";
import { elementsOf, render } from "../../../support/markup.ts";

const view = { path: "/clients", settings: SETTINGS, state: stateOf({ lang: "en" }) };

const TABLE: DataTable = {
  name: "clients",
  title: "Clients",
  columns: [
    {
      key: "client",
      title: "Client",
      kind: "text",
      isPersonal: true,
      linkTo: ({ id }) => `/history/client/${id}`,
    },
    { key: "note", title: "Note", kind: "text", linkTo: () => "javascript:alert(1)" },
    { key: "revenue", title: "Revenue", kind: "money", definition: "dm.client_value.revenue" },
  ],
  rows: [{ id: 7, client: "Anna", note: "<b>", revenue: "1234.5" }],
  sqlFile: "dashboard/find_filters.sql",
};

Deno.test("DataTableView() shows numbers, links and masks, and lets no markup or script through", async () => {
  const text = await render(<DataTableView view={view} table={TABLE} />);
  assert.equal(
    text.slice(0, text.indexOf("<details")),
    `<div class="table-block" id="table-clients">
<div class="table-window" role="region" tabindex="0" aria-label="Table: Clients">
<table class="data">
<caption>Clients</caption>
<thead>
<tr>
<th scope="col" class="kind-text">Client</th>
<th scope="col" class="kind-text">Note</th>
<th scope="col" class="number" title="dm.client_value.revenue">Revenue</th>
</tr>
</thead>
<tbody>
<tr>
<th scope="row" class="kind-text">
<a href="/history/client/7?lang=en">
<span class="masked">
<span aria-hidden="true">•••</span>
<span class="visually-hidden">hidden: personal data</span>
</span>
</a>
</th>
<td class="kind-text">
<bdi class="short">&lt;b&gt;</bdi>
</td>
<td class="number">€1,234.50</td>
</tr>
</tbody>
</table>
</div>
<div class="table-links">
<a href="/clients.csv?lang=en&amp;table=clients" aria-label="CSV: Clients" download="">CSV</a>
`,
  );
});

Deno.test("DataTableView() shows personal values when the settings allow it", async () => {
  const open = { ...view, settings: { ...SETTINGS, showsPersonalData: true } };
  const text = await render(<DataTableView view={open} table={TABLE} />);
  assert.ok(text.includes(`<bdi class="short">Anna</bdi>`));
});

Deno.test("DataTableView() explains that it is empty", async () => {
  const table = { ...TABLE, rows: [] };
  const text = await render(
    <DataTableView view={view} table={table} emptyText="Nobody rented a car in May." />,
  );
  assert.ok(text.includes(`<p class="empty-table">Nobody rented a car in May.</p>`));
  assert.deepEqual(elementsOf(text, "table"), []);
});

Deno.test("DataTableView() says how many rows it leaves to the CSV", async () => {
  const table = { ...TABLE, rows: [1, 2, 3].map((id) => ({ ...TABLE.rows[0], id })) };
  const text = await render(<DataTableView view={view} table={table} most={1} />);
  const csv = "/clients.csv?lang=en&amp;table=clients";
  assert.ok(
    text.includes(`<a href="${csv}">and 2 more<span class="site-only"> (CSV)</span>\n</a>`),
  );
  const elsewhere = await render(
    <DataTableView view={view} table={table} most={1} restHref="/clients?list=all" />,
  );
  assert.ok(elsewhere.includes(`<a href="/clients?list=all">and 2 more</a>`));
});

Deno.test("DataTableView() says under a table that there are more rows", async () => {
  const text = await render(<DataTableView view={view} table={{ ...TABLE, isCut: true }} />);
  assert.ok(
    text.includes(
      `<p class="table-cut site-only">These are the first 1 rows; the CSV has more.</p>\n` +
        `<p class="table-cut report-only">The first 1 rows.</p>`,
    ),
  );
  const whole = await render(<DataTableView view={view} table={{ ...TABLE, isCut: false }} />);
  assert.ok(!whole.includes("table-cut"));
});

Deno.test("DataTableView() says in a report how much of a list it shows, and by its CSV what that lacks", async () => {
  const part = await render(<DataTableView view={view} table={{ ...TABLE, allRows: 100_000 }} />);
  assert.ok(part.includes(`<p class="table-cut report-only">The first 1 of 100,000 rows.</p>`));
  assert.ok(!part.includes("the first 100,000 rows"));
  const long = await render(<DataTableView view={view} table={{ ...TABLE, allRows: 100_001 }} />);
  assert.ok(long.includes("CSV</a>\n<span>the first 100,000 rows</span>"));
});
