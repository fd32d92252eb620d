import assert from "node:assert/strict";
import fc from "fast-check";
import { z } from "zod";
import { NotFiltered, scanChangedLeads } from "../../../lib/amocrm/changed_leads.ts";
import { createAmoClient } from "../../../lib/amocrm/client.ts";
import { MOST_PASSES } from "../../../lib/amocrm/lead_ties.ts";
import type { SwitchChanges } from "../../../lib/sandbox/account/switches.ts";
import type { Fault } from "../../../lib/sandbox/faults.ts";
import type { ServedSandbox } from "../../../lib/sandbox/server.ts";
import { type Drift, drift, switches } from "../../support/lead_disturbances.ts";
import { captureLog } from "../../support/logs.ts";
import { serveLeads } from "../../support/scanned_account.ts";
import { page, serveAnswers } from "../../support/scripted_server.ts";

const { log } = await captureLog();
const LEADS_PATH = "/api/v4/leads";
/** 2026-05-01 00:00 UTC: leads change in the seconds after it, and the account's time is an hour later. */
const FIRST = 1_777_593_600;
const NOW = FIRST + 3600;

const seenShape = z.object({ id: z.number().catch(-1), updated_at: z.number().catch(-1) });
type Seen = z.infer<typeof seenShape>;

/** A sandbox with leads that changed so many seconds after `FIRST`. */
async function startAccount(changedAt: readonly number[], switches: SwitchChanges = {}) {
  const served = await serveLeads(FIRST, ({ pipelineId }) =>
    changedAt.map((second, i) => ({
      name: `Lead ${i}`,
      pipeline_id: i % 2 === 0 ? pipelineId : undefined,
      created_at: FIRST - 86_400 - i,
      updated_at: FIRST + second,
    })));
  served.sandbox.clock.set(NOW);
  served.sandbox.setSwitches(switches);
  return served;
}

async function scan(
  { url, token }: { readonly url: string; readonly token: string },
  from: number,
  to: number,
  onUnsettledTies: () => void = () => assert.fail("The leads of a second never came to rest"),
): Promise<Seen[]> {
  const seen: Seen[] = [];
  const client = createAmoClient({ baseUrl: url, token, requestsPerSecond: 1000, log });
  const signal = new AbortController().signal;
  const count = await scanChangedLeads(
    client,
    { from, to, log, signal, onUnsettledTies },
    (records) => {
      seen.push(...records.map((record) => seenShape.parse(record)));
      return Promise.resolve();
    },
  );
  assert.equal(count, seen.length);
  return seen;
}

function idsOf(seen: readonly Seen[]): number[] {
  return seen.map(({ id }) => id).sort((a, b) => a - b);
}

/** The requests as the account saw them, without what they all have in common. */
function listRequests(sandbox: ServedSandbox): string[] {
  return sandbox.requests.list().map(({ path, status }) =>
    `${
      decodeURIComponent(path).replace(`${LEADS_PATH}?with=catalog_elements&`, "")
        .replaceAll(String(NOW), "NOW").replaceAll(/\d{10}/g, (s) => `+${Number(s) - FIRST}`)
    } ${status}`
  );
}

const seconds = (from: number, count: number, step: number) =>
  Array.from({ length: count }, (_, i) => from + i * step);

Deno.test("scanChangedLeads() reads what changed in a span, both ends included, in all pipelines", async () => {
  const { sandbox, ids } = await startAccount([0, 9, 10, 20, 30, 31]);
  await using _sandbox = sandbox;
  assert.deepEqual(idsOf(await scan(sandbox, FIRST + 10, FIRST + 30)), ids.slice(2, 5));
  assert.deepEqual(listRequests(sandbox), [
    "filter[updated_at][from]=+10&filter[updated_at][to]=+30&order[updated_at]=asc&page=1&limit=250 200",
  ]);
});

Deno.test("scanChangedLeads() goes on from the last second, so each lead comes once", async () => {
  // The first page ends within a second that has three leads.
  const times = [...seconds(0, 249, 1), 249, 249, 249, ...seconds(250, 300, 1)];
  const { sandbox, ids } = await startAccount(times);
  await using _sandbox = sandbox;
  assert.deepEqual(idsOf(await scan(sandbox, FIRST, NOW)), ids);
  assert.deepEqual(
    sandbox.requests.list().map(({ path }) =>
      Number(/from\]=(\d+)/.exec(decodeURIComponent(path))?.[1]) - FIRST
    ),
    [0, 249, 496],
  );
});

Deno.test("scanChangedLeads() reads thousands of leads of one second until two passes agree", async () => {
  const { sandbox, ids } = await startAccount([
    ...seconds(0, 10, 1),
    ...seconds(500, 2500, 0),
    ...seconds(501, 10, 1),
  ]);
  await using _sandbox = sandbox;
  const seen = await scan(sandbox, FIRST, NOW);
  assert.deepEqual(idsOf(seen), ids);
  // A page from the start, one of the second alone, 10 forward and an empty one, 10 backward, one for the rest.
  assert.equal(sandbox.requests.list().length, 24);
});

Deno.test("scanChangedLeads() tells when the leads of one second never come to rest", async () => {
  const { sandbox, ids } = await startAccount(seconds(0, 600, 0));
  await using _sandbox = sandbox;
  // One less with each answer, so that no pass finds what the one before has found.
  sandbox.faults.add({ kind: "delete_lead" }, { times: 100, path: LEADS_PATH });
  let unsettled = 0;
  const seen = await scan(sandbox, FIRST, NOW, () => unsettled++);
  assert.equal(unsettled, 1);
  assert.deepEqual([...new Set(idsOf(seen))], ids);
});

Deno.test("scanChangedLeads() asks for half a page where a page is too heavy", async () => {
  const times = [...seconds(0, 300, 1), ...seconds(1000, 300, 0)];
  const { sandbox, ids } = await startAccount(times, { heavyPage: 100 });
  await using _sandbox = sandbox;
  assert.deepEqual(idsOf(await scan(sandbox, FIRST, NOW)), ids);
});

Deno.test("scanChangedLeads() believes an empty answer when the filter shows the newest lead before it", async () => {
  const { sandbox } = await startAccount([0, 5]);
  await using _sandbox = sandbox;
  assert.deepEqual(await scan(sandbox, FIRST + 600, NOW), []);
  assert.deepEqual(listRequests(sandbox), [
    "filter[updated_at][from]=+600&filter[updated_at][to]=NOW&order[updated_at]=asc&page=1&limit=250 204",
    "filter[updated_at][from]=1&filter[updated_at][to]=+599&order[updated_at]=desc&page=1&limit=1 200",
  ]);
});

Deno.test("scanChangedLeads() believes an empty answer of an account without leads", async () => {
  const { sandbox } = await startAccount([]);
  await using _sandbox = sandbox;
  assert.deepEqual(await scan(sandbox, FIRST, NOW), []);
  assert.equal(sandbox.requests.list().length, 3);
});

Deno.test("scanChangedLeads() believes an empty answer when all leads are newer than the span", async () => {
  const { sandbox } = await startAccount([600]);
  await using _sandbox = sandbox;
  assert.deepEqual(await scan(sandbox, FIRST, FIRST + 599), []);
});

Deno.test("scanChangedLeads() does not believe an account that answers nothing whatever is filtered", async () => {
  const lead = { id: 1, created_at: 5, updated_at: FIRST + 5, pipeline_id: 10 };
  const nothing = new Response(null, { status: 204 });
  await using server = serveAnswers(nothing, nothing, page("leads", [lead]));
  await assert.rejects(scan({ url: server.url, token: "t" }, FIRST + 1, NOW), (error) => {
    assert.ok(error instanceof NotFiltered);
    assert.equal(error.message, "an empty answer, though there are leads");
    return true;
  });
});

for (const ignored of [["updated_at"], ["order"], ["updated_at", "order"]]) {
  Deno.test(`scanChangedLeads() notices that ${ignored.join(" and ")} is ignored`, async () => {
    const { sandbox } = await startAccount([0, 30, 20, 10], { ignoredFilters: ignored });
    await using _sandbox = sandbox;
    // Where the order is ignored the account has its own, which is by change: nothing is wrong then.
    const isHeeded = !ignored.includes("updated_at");
    if (isHeeded) assert.equal((await scan(sandbox, FIRST + 15, NOW)).length, 2);
    else await assert.rejects(scan(sandbox, FIRST + 15, NOW), NotFiltered);
  });
}

Deno.test("scanChangedLeads() notices another order", async () => {
  const lead = (id: number, second: number) => ({
    id,
    created_at: 5,
    updated_at: FIRST + second,
    pipeline_id: 10,
  });
  await using server = serveAnswers(page("leads", [lead(1, 30), lead(2, 20)]));
  await assert.rejects(scan({ url: server.url, token: "t" }, FIRST, NOW), NotFiltered);
});

Deno.test("scanChangedLeads() leaves what changed after the span for the next run, and hands on odd records", async () => {
  const lead = (id: number, updated_at: number) => ({ id, created_at: 5, updated_at });
  await using server = serveAnswers(
    page("leads", [lead(1, NOW - 5), { id: "?" }, lead(2, NOW + 1)], `${LEADS_PATH}?page=2`),
  );
  assert.deepEqual(idsOf(await scan({ url: server.url, token: "t" }, FIRST, NOW)), [-1, 1]);
  assert.equal(server.requests.length, 1);
});

/** What another user does right after an answer. */
const BOUNDARY: readonly { readonly name: string; readonly fault: Fault }[] = [
  { name: "the first lead of a page is edited", fault: { kind: "touch_leads", count: 1 } },
  { name: "a whole page is edited", fault: { kind: "touch_leads", count: 250 } },
  { name: "the first lead of a page is deleted", fault: { kind: "delete_lead" } },
];
const SHAPES = [
  { name: "while the time of change moves on", times: seconds(0, 600, 1) },
  { name: "inside one second", times: seconds(7, 600, 0) },
  { name: "where a page ends within a second", times: seconds(0, 600, 0.25).map(Math.floor) },
];

for (const { name, fault } of BOUNDARY) {
  for (const shape of SHAPES) {
    Deno.test(`scanChangedLeads() skips and doubles nothing when ${name} ${shape.name}`, async () => {
      for (let after = 0; after < 4; after++) {
        const { sandbox, ids } = await startAccount(shape.times);
        await using _sandbox = sandbox;
        sandbox.faults.add(fault, { path: LEADS_PATH, after });
        const seen = await scan(sandbox, FIRST, NOW - 1);
        sandbox.faults.clear();
        await assertComplete(sandbox, ids, seen, NOW - 1);
      }
    });
  }
}

/** Stretches of times of change: some dense, some thin, some within one second. */
const changeTimes = fc.array(
  fc.record({ count: fc.integer({ min: 1, max: 600 }), step: fc.constantFrom(0, 0, 0.2, 1) }),
  { minLength: 1, maxLength: 3 },
).map((stretches) => {
  const times: number[] = [];
  for (const { count, step } of stretches) {
    times.push(...seconds((times.at(-1) ?? 0) + 1, count, step).map(Math.floor));
  }
  return times;
});

/** So many that no two passes over one second agree. */
const ELEVEN_DELETIONS = [1, 3, 4, 3].map((times, i): Drift => ({
  fault: { kind: "delete_lead" },
  when: { times, after: Math.min(i, 1), path: LEADS_PATH },
}));
const NEXT_ON_LAST_PAGE = {
  nextOnLastPage: true,
  shortPage: null,
  deleteTouchesUpdatedAt: false,
  heavyPage: null,
};

Deno.test("scanChangedLeads() loses no lead and repeats no copy, whatever others do meanwhile", async () => {
  await fc.assert(
    fc.asyncProperty(
      changeTimes,
      switches,
      fc.array(drift, { maxLength: 8 }),
      async (times, changes, drifts) => {
        const { sandbox, ids } = await startAccount(times, changes);
        await using _sandbox = sandbox;
        for (const { fault, when } of drifts) sandbox.faults.add(fault, when);
        let unsettled = 0;
        const seen = await scan(sandbox, FIRST, NOW - 1, () => unsettled++);
        sandbox.faults.clear();
        if (!mayOutlastPasses(drifts)) assert.equal(unsettled, 0);
        await assertComplete(sandbox, ids, seen, NOW - 1);
      },
    ),
    { numRuns: 25, examples: [[Array(11).fill(1), NEXT_ON_LAST_PAGE, ELEVEN_DELETIONS]] },
  );
});

/** Passes over one second differ for as long as something changes between any two of them. */
function mayOutlastPasses(drifts: readonly Drift[]): boolean {
  const most = drifts.reduce((sum, { when }) => sum + (when.times ?? 1), 0);
  return most >= MOST_PASSES - 1;
}

/** Every lead that is still in the span was seen as it is, and no copy (id, updated_at) twice. */
async function assertComplete(
  sandbox: ServedSandbox,
  ids: readonly number[],
  seen: readonly Seen[],
  to: number,
): Promise<void> {
  const copies = seen.map(({ id, updated_at }) => `${id} ${updated_at}`);
  assert.equal(new Set(copies).size, copies.length);
  const there = (await readAll(sandbox)).filter(({ updated_at }) => updated_at <= to);
  const lost = there.filter(({ id, updated_at }) => !copies.includes(`${id} ${updated_at}`));
  assert.deepEqual(lost, []);
  assert.ok(seen.every(({ id }) => ids.includes(id)));
}

async function readAll(sandbox: ServedSandbox): Promise<Seen[]> {
  sandbox.setSwitches({ heavyPage: null, shortPage: null });
  const { url: baseUrl, token } = sandbox;
  const client = createAmoClient({ baseUrl, token, requestsPerSecond: 1000, log });
  const found: Seen[] = [];
  for await (const { embedded } of client.pages(LEADS_PATH, { limit: 250, order: { id: "asc" } })) {
    found.push(...z.array(seenShape).parse(embedded.leads));
  }
  return found;
}
