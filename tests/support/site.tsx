import { readConfig } from "../../lib/config.ts";
import type { DataTable, Page, PageContent, PageRequest } from "../../lib/dashboard/page/page.ts";
import { type ServedSite, type ServeSite, serveSite } from "../../lib/dashboard/serve.ts";
import type { Warehouse } from "../../lib/warehouse/warehouse.ts";

/** Long enough for a token, and no word of any page. */
export const TOKEN = "f2b9c07d1e6a48a35c17";

/** Markup of nothing in particular. */
export const MARKUP = <p>body</p>;

/** Serves pages on a free port, with the default settings but those of `env`. */
export function serveTestSite(
  warehouse: Warehouse,
  pages: readonly Page[],
  env: Readonly<Record<string, string>> = {},
  more: Partial<ServeSite> = {},
): ServedSite {
  const config = readConfig(env, { amo: false });
  // Other tests keep the machine busy meanwhile.
  const timeouts = { statementTimeoutMs: 60_000, pageTimeoutMs: 60_000 };
  return serveSite({ config, warehouse, pages, dags: [], port: 0, ...timeouts, ...more });
}

/** A page that shows what `render` gives, with the default period May 2026. */
export function testPage(
  path: string,
  render: (request: PageRequest) => Promise<Partial<PageContent>> | Partial<PageContent>,
  more: Partial<Page> = {},
): Page {
  return {
    path,
    reads: "business",
    filters: ["period", "car", "model", "as_of"],
    defaultPeriod: () => ({
      from: Temporal.PlainDate.from("2026-05-01"),
      to: Temporal.PlainDate.from("2026-05-31"),
    }),
    render: async (request) => ({
      title: "Title",
      body: MARKUP,
      tables: [],
      ...await render(request),
    }),
    ...more,
  };
}

/** A table of what people may type into the CRM. */
export const CRM_TABLE: DataTable = {
  name: "clients",
  title: "Clients",
  sqlFile: "dashboard/begin_page.sql",
  columns: [
    { key: "client_id", title: "Client", kind: "id" },
    { key: "client_name", title: "Name", kind: "text", isPersonal: true },
    { key: "note", title: "Note", kind: "text" },
    { key: "revenue", title: "Revenue", kind: "money" },
    { key: "share", title: "Share", kind: "ratio" },
    { key: "is_repeat", title: "Repeat", kind: "flag" },
  ],
  rows: [
    {
      client_id: 7,
      client_name: "<img src=x onerror=alert(1)>",
      note: "=cmd|' /C calc'!A0",
      revenue: "-1200.50",
      share: "0.3333333333333333333333",
      is_repeat: true,
    },
    {
      client_id: 8,
      client_name: null,
      note: 'a,"b"\nc',
      revenue: -3,
      share: null,
      is_repeat: null,
    },
  ],
};
