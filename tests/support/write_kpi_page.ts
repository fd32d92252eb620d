// Writes docs/kpi.md from the comments of schema dm: deno task kpi
import { migrate } from "../../lib/warehouse/migrations.ts";
import { servePglite } from "../../lib/warehouse/embedded.ts";
import { createPglite } from "./embedded_template.ts";
import { formatKpiPage, KPI_PAGE } from "./kpi.ts";

if (import.meta.main) {
  await using warehouse = await servePglite(await createPglite(), "memory");
  await migrate(warehouse);
  await Deno.writeTextFile(KPI_PAGE, await formatKpiPage(warehouse));
}
