import assert from "node:assert/strict";
import { join } from "node:path";
import { openEmbeddedWarehouse } from "../../lib/warehouse/embedded.ts";
import { callScript } from "../support/called_script.ts";
import { copyTemplate } from "../support/embedded_template.ts";
import { withFreshAccount } from "../support/loader_process.ts";

const CARS = "loaders/data/cars_catalog_elements.json";

Deno.test("an empty account that the loaders fill gives a warehouse in which everything fits", () =>
  withFreshAccount(async ({ sandbox, folder, runWell }) => {
    await copyTemplate(folder);
    await runWell("helper_fields", ["--all", "--yes"]);
    await runWell("json_importer", ["--file", CARS, "--yes"]);
    await runWell("json_importer", ["--yes"]);
    await runWell("leads_generator", ["--yes", "--account", "sandbox"]);

    const { code, stdout, stderr } = await callScript(
      "pipeline/daily.ts",
      ["--date", "2026-05-03"],
      {
        AMO_BASE_URL: sandbox.url,
        AMO_TOKEN: sandbox.token,
        DATA_DIR: folder,
        LOG_DIR: join(folder, "logs"),
      },
    );

    assert.equal(code, 0, stdout + stderr);
    await using warehouse = await openEmbeddedWarehouse(folder);
    const count = async (from: string) => {
      const [row] = await warehouse.sql.unsafe(`select count(*)::integer as rows from ${from}`);
      return row?.rows;
    };
    assert.equal(await count("dds.fact_rentals"), 106);
    assert.equal(await count("dds.fact_rentals where is_booking"), 51);
    assert.equal(
      await count("dds.fact_rentals where is_booking and (car_id = 0 or client_id = 0)"),
      0,
    );
    assert.equal(await count("dds.fact_rentals where is_booking and amount is null"), 0);
    assert.equal(
      await count("dds.fact_rentals where is_booking and amount <> dailyrate * rental_days"),
      0,
    );
    assert.equal(await count("dds.fact_fleet_usage_day where is_double_booked"), 0);
    assert.equal(await count("stg.rejected"), 0);
    assert.equal(await count("dds.dim_car where car_id <> 0"), 12);
    assert.equal(await count("dds.dim_client where client_id <> 0"), 30);
    const stages = await warehouse.sql`
      select stage, count(*)::integer as leads from dds.fact_rentals group by stage order by stage
    `;
    assert.deepEqual(Object.fromEntries(stages.map(({ stage, leads }) => [stage, leads])), {
      cancelled: 16,
      confirmed: 20,
      deposit: 12,
      inquiry: 15,
      on_rent: 6,
      quote: 12,
      returned: 25,
    });
  }));
