import assert from "node:assert/strict";
import { createAmoClient } from "../../../lib/amocrm/client.ts";
import { readLeads } from "../../../loaders/rentals/existing_leads.ts";
import { withLoaderAccount } from "../../support/loader_account.ts";

Deno.test("readLeads() leaves out leads of other pipelines when the account ignores the filter", async () => {
  await withLoaderAccount(async ({ sandbox, tools, read, leads }) => {
    const account = await read();
    const json = [{ name: "Ours", pipeline_id: account.pipeline.id }, { name: "Theirs" }];
    await tools.client.send({ method: "POST", path: "/api/v4/leads", json, isRepeatable: false });
    const client = createAmoClient({
      baseUrl: sandbox.url,
      token: sandbox.token,
      requestsPerSecond: 1_000,
      log: tools.log,
      // As amoCRM does with a filter that it does not know.
      fetch: (input, init) => fetch(withoutFilter(input), init),
    });

    const found = await readLeads({ ...tools, client }, account);

    assert.deepEqual(found.map(({ name }) => name), ["Ours"]);
    assert.deepEqual(found, await leads());
  });
});

function withoutFilter(input: string | URL | Request): Request {
  const request = new Request(input);
  const url = new URL(request.url);
  url.searchParams.delete("filter[pipeline_id][]");
  return new Request(url, request);
}

Deno.test("readLeads() reads a lead as the loaders write it, and one in a stage of the account's own", async () => {
  await withLoaderAccount(async ({ tools, read, leads }) => {
    const { pipeline, fields, statusIds } = await read();
    const statuses = [{ name: "Waits for papers", sort: 35 }];
    await tools.client.send({
      method: "POST",
      path: `/api/v4/leads/pipelines/${pipeline.id}/statuses`,
      json: statuses,
      isRepeatable: false,
    });
    const papers = (await read()).pipeline.statuses.find(({ name }) => name === "Waits for papers");
    const value = (column: string, given: unknown) => ({
      field_id: fields[column]?.id,
      values: [{ value: given }],
    });
    const json = [
      {
        name: "Model 0, 2026-05-09 (1-1)",
        pipeline_id: pipeline.id,
        status_id: statusIds.quote,
        price: 300,
        custom_fields_values: [
          value("plate", " A 10 "),
          value("dailyrate", "100.5"),
          value("rental_start", "2026-05-09T00:00:00+04:00"),
        ],
      },
      { name: "Other", pipeline_id: pipeline.id, status_id: papers?.id },
    ];
    await tools.client.send({ method: "POST", path: "/api/v4/leads", json, isRepeatable: false });

    const [quoted, other] = await leads();

    assert.deepEqual({ ...quoted, id: 0, record: null }, {
      id: 0,
      name: "Model 0, 2026-05-09 (1-1)",
      stage: "quote",
      statusId: statusIds.quote,
      price: 300,
      model: null,
      plate: "A 10",
      dailyrate: 100.5,
      client_name: null,
      license: null,
      rental_start: "2026-05-09",
      rental_end: null,
      carId: null,
      clientId: null,
      record: null,
    });
    assert.deepEqual([other?.stage, other?.statusId], [null, papers?.id]);
  });
});
