import { z } from "zod";
import { querySqlFile } from "../../lib/warehouse/sql_file.ts";
import type { Warehouse } from "../../lib/warehouse/warehouse.ts";

const count = z.coerce.number();

const tableRows = z.array(z.object({ layer: z.string(), table_name: z.string(), rows: count }));
const versionRows = z.array(z.object({
  entity: z.string(),
  records: count,
  versions: count,
  current_versions: count,
  changed_records: count,
  most_versions: count,
}));
const stageRows = z.array(z.object({
  status_id: count,
  status_name: z.string().nullable(),
  leads: count,
  budget: count,
}));
const business = z.tuple([z.object({
  car_days: count,
  rented_days: count,
  utilisation_percent: z.number().nullable(),
  revenue: z.number(),
  adr: z.number().nullable(),
  revpac: z.number().nullable(),
  double_booked_days: count,
  leads: count,
  bookings: count,
  cancelled: count,
  bookings_without_car: count,
  bookings_without_client: count,
  status_changes: count,
})]);

/** What is in the warehouse after a demo. */
export interface Figures {
  /** Rows by layer and table, in the order of the layers. */
  readonly rows: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly versions: z.infer<typeof versionRows>;
  /** Money in the account's currency; rates in percent. */
  readonly business: z.infer<typeof business>[0];
  readonly stages: z.infer<typeof stageRows>;
}

/** Reads the figures over the days from `first` to `last`, both included. */
export async function readFigures(
  { sql }: Warehouse,
  first: Temporal.PlainDate,
  last: Temporal.PlainDate,
  timeZone: string,
): Promise<Figures> {
  const span = [first.toString(), last.toString(), timeZone];
  const tables = tableRows.parse([...await querySqlFile(sql, "ops/count_rows.sql", [])]);
  const versions = [...await querySqlFile(sql, "ops/count_versions.sql", [])];
  const [figures] = business.parse([...await querySqlFile(sql, "demo/business_figures.sql", span)]);
  return {
    rows: toLayers(tables),
    versions: versionRows.parse(versions),
    business: figures,
    stages: await readStages(sql),
  };
}

/** Leads and their budget by status of the rental pipeline. */
export async function readStages(sql: Warehouse["sql"]): Promise<Figures["stages"]> {
  return stageRows.parse([...await querySqlFile(sql, "demo/leads_by_stage.sql", [])]);
}

function toLayers(tables: z.infer<typeof tableRows>): Figures["rows"] {
  const layers: Record<string, Record<string, number>> = {};
  for (const { layer, table_name, rows } of tables) {
    layers[layer] = { ...layers[layer], [table_name]: rows };
  }
  return layers;
}
