import assert from "node:assert/strict";
import { addCarAndClient, DAY, onEmbedded, withAccount } from "../../support/daily_setup.ts";
import { type SeenSpan, serveCollector } from "../../support/otlp.ts";
import { runDeno } from "../../support/script.ts";
import { serveAnswers } from "../../support/scripted_server.ts";

/** The spans of our own of that name, oldest first, without the ids that differ from run to run. */
function describe(spans: readonly SeenSpan[]) {
  return spans.filter(({ name }) => /^(dag|task) /.test(name)).map((span) => {
    const { "rental.run_id": runId, "rental.worker": worker, ...attributes } = span.attributes;
    assert.match(String(runId), /^[0-9a-f-]{36}$/);
    assert.match(String(worker), /\.\d+\.[0-9a-f]{6}$/);
    return [span.name, attributes, span.status.code];
  });
}

Deno.test("a run sends a span for the DAG, each try of a task and each request", () =>
  withAccount((served) =>
    onEmbedded(served, async (setup) => {
      await addCarAndClient(setup.account);
      await using collector = serveCollector();
      const result = await setup.start("daily_amocrm_load_cars", ["--date", DAY], collector.env);
      assert.equal(result.code, 0, result.stderr);
      const common = { "rental.dag_id": "daily_amocrm_load_cars", "rental.logical_date": DAY };
      const task = { ...common, "rental.attempt": 1, "rental.outcome": "success" };
      assert.deepEqual(describe(collector.spans), [
        ["task extract_cars", {
          ...task,
          "rental.task_id": "extract_cars",
          "rental.rows_read": 1,
        }, 0],
        ["task load_cars", {
          ...task,
          "rental.task_id": "load_cars",
          "rental.rows_read": 1,
          "rental.rows_written": 1,
        }, 0],
        ["dag daily_amocrm_load_cars", {
          ...common,
          "rental.outcome": "success",
        }, 0],
      ]);
      const dag = collector.spans.find(({ name }) => name === "dag daily_amocrm_load_cars");
      const extract = collector.spans.find(({ name }) => name === "task extract_cars");
      const requests = collector.spans.filter(({ name }) => name === "GET");
      assert.equal(extract?.parentId, dag?.id);
      assert.ok(requests.length > 0);
      assert.ok(
        requests.every((one) => one.parentId === extract?.id && one.traceId === dag?.traceId),
      );
      assert.equal(collector.texts.join().includes(setup.sandbox.token), false);
    })
  ));

Deno.test("a failed run sends its masked error, and no stack", () =>
  withAccount((served) =>
    onEmbedded(served, async (setup) => {
      await using collector = serveCollector();
      const env = { ...collector.env, AMO_CARS_CATALOG: "omar@example.ae" };
      const result = await setup.start("daily_amocrm_load_cars", ["--date", DAY], env);
      assert.equal(result.code, 1, result.stderr);
      const [extract, dag] = collector.spans.filter(({ name }) => /^(dag|task) /.test(name));
      assert.equal(extract?.attributes["rental.outcome"], "failed");
      assert.equal(extract?.status.code, 2);
      assert.match(extract?.status.message ?? "", /catalog.*\[e-mail\]/);
      assert.equal(dag?.attributes["rental.outcome"], "failed");
      assert.deepEqual(dag?.status, extract?.status);
      assert.deepEqual([extract?.events, dag?.events], [[], []]);
      assert.equal(collector.texts.join().includes("omar@example.ae"), false);
    })
  ));

Deno.test("the addresses of webhook and dead man's switch get into no span", async () => {
  await using server = serveAnswers(new Response("ok"));
  await using collector = serveCollector();
  const script = `
    import { trace } from "@opentelemetry/api";
    import { deliver } from "./pipeline/scheduler/alerts/webhook.ts";
    import { createDeadman } from "./pipeline/scheduler/alerts/deadman.ts";
    await deliver("${server.url}/SECRET/a?key=SECRET", { text: "a" });
    await trace.getTracer("test").startActiveSpan("dag of a test", async (span) => {
      await createDeadman("${server.url}/SECRET/b")();
      span.end();
    });
  `;
  const result = await runDeno(["eval", script], collector.env);
  assert.equal(result.code, 0, result.stderr);
  assert.deepEqual(server.requests, ["POST /SECRET/a?key=SECRET", "GET /SECRET/b"]);
  assert.deepEqual(collector.spans.map(({ name }) => name).sort(), [
    "dag of a test",
    "fetch",
    "fetch",
  ]);
  assert.equal(collector.texts.join().includes("SECRET"), false);
});
