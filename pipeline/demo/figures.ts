import { z } from "zod";
import { querySqlFile } from "../../lib/warehouse/sql_file.ts";
import type { Warehouse } from "../../lib/warehouse/warehouse.ts";
import { type BusinessFigures, readBusiness } from "./business_figures.ts";

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
/** What is in the warehouse after a demo. */
export interface Figures {
  /** Rows by layer and table, in the order of the layers. */
  readonly rows: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly versions: z.infer<typeof versionRows>;
  /** Those of the site. */
  readonly business: BusinessFigures;
  readonly stages: z.infer<typeof stageRows>;
}

/** Reads the figures over the days from `first` on. */
export async function readFigures(
  { sql }: Warehouse,
  first: Temporal.PlainDate,
): Promise<Figures> {
  const tables = tableRows.parse([...await querySqlFile(sql, "ops/count_rows.sql", [])]);
  const versions = [...await querySqlFile(sql, "ops/count_versions.sql", [])];
  return {
    rows: toLayers(tables),
    versions: versionRows.parse(versions),
    business: await readBusiness(sql, first),
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
