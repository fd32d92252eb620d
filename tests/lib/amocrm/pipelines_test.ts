import assert from "node:assert/strict";
import { AmoError } from "../../../lib/amocrm/answers.ts";
import { createAmoClient } from "../../../lib/amocrm/client.ts";
import { findRentalPipeline, readPipelines } from "../../../lib/amocrm/pipelines.ts";
import { readConfig } from "../../../lib/config.ts";
import { captureLog } from "../../support/logs.ts";
import { serveAnswers } from "../../support/scripted_server.ts";

const { log } = await captureLog();

Deno.test("findRentalPipeline() refuses a pipeline that has no stages, and says what to do", async () => {
  const pipelines = [{ id: 7, name: "Car Rental", is_archive: false, _embedded: { statuses: [] } }];
  await using server = serveAnswers(Response.json({ _embedded: { pipelines } }));
  const client = createAmoClient({ baseUrl: server.url, token: "t", requestsPerSecond: 50, log });
  const { amo } = readConfig({ AMO_BASE_URL: server.url, AMO_TOKEN: "t" });
  assert.ok(amo);

  const found = await readPipelines(client);

  assert.throws(() => findRentalPipeline(found, amo), (error) => {
    assert.ok(error instanceof AmoError);
    assert.equal(
      error.message,
      'Cannot use the pipeline "Car Rental" (7): it has no stages, expected some: create them with ' +
        "deno task helper_fields --all, or set AMO_PIPELINE to another",
    );
    return true;
  });
});
