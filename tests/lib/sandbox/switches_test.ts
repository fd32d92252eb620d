import assert from "node:assert/strict";
import { changeSwitches, readSwitches } from "../../../lib/sandbox/account/switches.ts";
import { serveSandbox } from "../../../lib/sandbox/server.ts";
import { addLeads, at, each, openSandbox } from "../../support/sandbox_calls.ts";

Deno.test("readSwitches() fills in the likeliest reading of everything unknown", () => {
  assert.deepEqual(readSwitches({}), {
    nextOnLastPage: false,
    shortPage: null,
    deleteTouchesUpdatedAt: true,
    linkTouchesUpdatedAt: true,
    honoursUpdatedAt: true,
    trashRetentionDays: 30,
    missingLeadStatus: 204,
    hiddenLeads: [],
    hiddenLeadStatus: 403,
    bothPriceFields: true,
    lossReasonAs: "array",
    fieldDatesAs: "seconds",
    fieldDatesAtMidnight: true,
    showDeletedElements: false,
    fieldCreateStatus: 200,
    fieldsPageLimit: 250,
    eventsPageLimit: 250,
    eventsOrder: "desc",
    eventLagMs: 0,
    bareFieldEvents: false,
    mergeNames: "survivor",
    changeLagMs: 0,
    ignoredFilters: [],
    missingEventTypes: [],
    partialWrites: false,
    unknownKeys: "refused",
    readOnlyKeys: "ignored",
    maxTextLength: 256,
    heavyPage: null,
    heavyBatch: null,
    refusedText: null,
    ajaxDelete: true,
    requestsPerSecond: 7,
    blockAfter429: 100,
    latencyMs: 0,
  });
});

Deno.test("docs/sandbox.md names every switch in its table, and no other", async () => {
  const page = await Deno.readTextFile(new URL("../../../docs/sandbox.md", import.meta.url));
  const [, section = ""] = page.split("\n## ").map((text) => text.replace(/^[^\n]*\n/, ""));
  const rows = section.split("\n").filter((line) => line.startsWith("| ")).slice(1);
  const named = rows.flatMap((row) => [...row.matchAll(/`(\w+)`/g)].map(([, name]) => name));
  assert.deepEqual(named.toSorted(), Object.keys(readSwitches({})).toSorted());
});

Deno.test("changeSwitches() changes nothing when one of the changes is wrong", () => {
  const switches = readSwitches({});
  assert.throws(() => changeSwitches(switches, { latencyMs: 5, gravity: 9 }), { name: "ZodError" });
  assert.equal(switches.latencyMs, 0);
  changeSwitches(switches, { latencyMs: 5 });
  assert.deepEqual([switches.latencyMs, switches.requestsPerSecond], [5, 7]);
});

Deno.test("lossReasonAs shows the reason of a lost lead as a list or as an object", async () => {
  const open = openSandbox();
  const reasons = await open.call("POST", "/api/v4/leads/loss_reasons", [{ name: "Too dear" }]);
  const [reason] = each(reasons.body, "loss_reasons", "id");
  const [id] = await addLeads(open, [{ status_id: 143, loss_reason_id: reason }]);
  const shown = async () => {
    const { body } = await open.call("GET", `/api/v4/leads/${id}?with=loss_reason`);
    return at(body, "_embedded", "loss_reason");
  };
  const expected = {
    id: reason,
    name: "Too dear",
    sort: 10,
    created_at: 1777593600,
    updated_at: 1777593600,
  };
  assert.deepEqual(await shown(), [expected]);
  open.sandbox.setSwitches({ lossReasonAs: "object" });
  assert.deepEqual(await shown(), expected);
});

Deno.test("fieldsPageLimit cuts a page of fields", async () => {
  const { call } = openSandbox({ switches: { fieldsPageLimit: 2 } });
  const { body } = await call("GET", "/api/v4/leads/custom_fields?limit=250");
  assert.deepEqual(each(body, "custom_fields", "name"), ["utm_content", "utm_medium"]);
});

Deno.test("refusedText is refused as the value of any text field", async () => {
  const open = openSandbox({ switches: { refusedText: "no" } });
  const created = await open.call("POST", "/api/v4/leads/custom_fields", [
    { name: "Colour", type: "text" },
  ]);
  const [field] = each(created.body, "custom_fields", "id");
  const lead = (value: string) => ({
    custom_fields_values: [{ field_id: field, values: [{ value }] }],
  });

  const { status, body } = await open.call("POST", "/api/v4/leads", [lead("yes"), lead("no")]);

  assert.equal(status, 400);
  assert.deepEqual(at(body, "validation-errors"), [{
    request_id: "1",
    errors: [{
      code: "NotSupportedChoice",
      path: "custom_fields_values.0.values.0.value",
      detail: "The value you selected is not a valid choice.",
    }],
  }]);
  open.sandbox.setSwitches({ refusedText: null });
  assert.equal((await addLeads(open, [lead("no")])).length, 1);
});

Deno.test("heavyPage answers 504 HTML to larger pages of leads, elements and events alone", async () => {
  const open = openSandbox();
  await addLeads(open, [{ name: "A" }]);
  const catalogs = await open.call("POST", "/api/v4/catalogs", [{ name: "Cars" }]);
  const elements = `/api/v4/catalogs/${each(catalogs.body, "catalogs", "id")[0]}/elements`;
  await open.call("POST", elements, [{ name: "Car 1" }]);
  open.sandbox.setSwitches({ heavyPage: 100 });
  const statuses = async (limit: number) => {
    const found: number[] = [];
    for (const path of ["/api/v4/leads", elements, "/api/v4/events", "/api/v4/catalogs"]) {
      found.push((await open.call("GET", `${path}?limit=${limit}`)).status);
    }
    return found;
  };
  assert.deepEqual(await statuses(101), [504, 504, 504, 200]);
  assert.deepEqual(await statuses(100), [200, 200, 200, 200]);
  assert.equal((await open.call("GET", "/api/v4/leads?limit=250")).type, "text/html");
});

Deno.test("latencyMs holds every answer back for that long, side by side", async () => {
  await using sandbox = serveSandbox({ switches: { latencyMs: 50 } });
  const began = performance.now();
  const answers = await Promise.all([1, 2, 3].map(async () => {
    const response = await fetch(`${sandbox.url}/api/v4/account`);
    await response.body?.cancel();
    return response.status;
  }));
  const tookMs = performance.now() - began;
  assert.deepEqual(answers, [401, 401, 401]);
  assert.ok(tookMs >= 49 && tookMs < 5000, `it took ${tookMs} ms`);
});
