import assert from "node:assert/strict";
import fc from "fast-check";
import { z } from "zod";
import { readAccount } from "../../../lib/amocrm/account.ts";
import { createAmoClient } from "../../../lib/amocrm/client.ts";
import { type LeadScanCounts, scanLeads } from "../../../lib/amocrm/lead_scan.ts";
import type { Fault } from "../../../lib/sandbox/faults.ts";
import type { ServedSandbox } from "../../../lib/sandbox/server.ts";
import type { SwitchChanges } from "../../../lib/sandbox/account/switches.ts";
import { drift, switches } from "../../support/lead_disturbances.ts";
import { captureLog } from "../../support/logs.ts";
import type { RentalAccount } from "../../support/rental_account.ts";
import { serveLeads } from "../../support/scanned_account.ts";
import { page, serveAnswers } from "../../support/scripted_server.ts";

const { log, lines } = await captureLog();
const LEADS_PATH = "/api/v4/leads";
/** 2026-01-01 00:00 UTC. */
const FIRST_SECOND = 1_767_225_600;

/** A copy that the scan handed on; -1 stands for what is no number. */
const seenShape = z.object({ id: z.number().catch(-1), updated_at: z.number().catch(-1) });
type Seen = z.infer<typeof seenShape>;

/** A sandbox with leads created at these seconds (counted from 2026), oldest first. */
async function startAccount(createdAt: readonly number[], switches: SwitchChanges = {}) {
  const served = await serveLeads(
    "2026-05-01T00:00:00Z",
    ({ pipelineId }) =>
      createdAt.map((second, i) => ({
        name: `Lead ${i}`,
        pipeline_id: pipelineId,
        created_at: FIRST_SECOND + second,
        updated_at: FIRST_SECOND + second,
      })),
  );
  served.sandbox.setSwitches(switches);
  return served;
}

interface ScanSettings {
  readonly workers?: number;
  /** The sink asks the account something before it takes records, so that other workers go on meanwhile. */
  readonly slowSink?: boolean;
  /** Called each time that the sink takes records. */
  readonly onRecords?: () => void;
}

async function scan(url: string, token: string, pipelineId: number, settings: ScanSettings = {}) {
  const { slowSink = false, onRecords = () => {}, ...workers } = settings;
  const seen: Seen[] = [];
  const client = createAmoClient({ baseUrl: url, token, requestsPerSecond: 1000, log });
  const counts = await scanLeads(client, {
    pipelineId,
    log,
    signal: new AbortController().signal,
    ...workers,
  }, async (records) => {
    if (slowSink) await readAccount(client);
    onRecords();
    seen.push(...records.map((record) => seenShape.parse(record)));
  });
  return { seen, counts };
}

async function scanAccount(
  sandbox: ServedSandbox,
  account: RentalAccount,
  settings?: ScanSettings,
) {
  return await scan(sandbox.url, sandbox.token, account.pipelineId, settings);
}

function sortedIds(seen: readonly Seen[]): number[] {
  return [...new Set(seen.map(({ id }) => id))].sort((a, b) => a - b);
}

function countRequests(sandbox: ServedSandbox): number {
  return sandbox.requests.list().filter(({ path }) => path.startsWith(LEADS_PATH)).length;
}

const seconds = (from: number, count: number, step: number) =>
  Array.from({ length: count }, (_, i) => from + i * step);

Deno.test("scanLeads() takes one request for an account of one page", async () => {
  const { sandbox, account, ids } = await startAccount(seconds(0, 249, 60));
  await using _sandbox = sandbox;
  const { seen, counts } = await scanAccount(sandbox, account);
  assert.deepEqual(sortedIds(seen), ids);
  assert.deepEqual(counts, { leads: 249, otherPipelines: 0, isFallback: false });
  assert.equal(countRequests(sandbox), 1);
});

Deno.test("scanLeads() gives each lead once, for few more requests than there are pages", async () => {
  const { sandbox, account, ids } = await startAccount(seconds(0, 6000, 1000));
  await using _sandbox = sandbox;
  const { seen, counts } = await scanAccount(sandbox, account);
  assert.equal(seen.length, 6000);
  assert.deepEqual(sortedIds(seen), ids);
  assert.deepEqual(counts, { leads: 6000, otherPipelines: 0, isFallback: false });
  const requests = countRequests(sandbox);
  assert.ok(requests >= 24 && requests <= 40, `${requests} requests`);
});

Deno.test("scanLeads() gives each lead once when its ranges are shared out under a slow sink", async () => {
  const { sandbox, account, ids } = await startAccount([
    ...seconds(0, 260, 0),
    ...seconds(1800, 300, 1),
  ]);
  await using _sandbox = sandbox;
  const { seen } = await scanAccount(sandbox, account, { slowSink: true });
  assert.equal(seen.length, 560);
  assert.deepEqual(sortedIds(seen), ids);
});

Deno.test("scanLeads() reads more leads of one second than fit a page, and only those", async () => {
  const inOneSecond = seconds(500, 700, 0);
  const { sandbox, account, ids } = await startAccount([
    ...seconds(0, 300, 1),
    ...inOneSecond,
    ...seconds(501, 300, 1),
  ]);
  await using _sandbox = sandbox;
  const { seen, counts } = await scanAccount(sandbox, account);
  assert.equal(seen.length, 1300);
  assert.deepEqual(sortedIds(seen), ids);
  assert.equal(counts.isFallback, false);
});

Deno.test("scanLeads() reads an account whose leads were all imported in one second", async () => {
  const { sandbox, account, ids } = await startAccount(seconds(0, 600, 0));
  await using _sandbox = sandbox;
  const { seen, counts } = await scanAccount(sandbox, account);
  assert.deepEqual(sortedIds(seen), ids);
  assert.equal(counts.isFallback, false);
});

Deno.test("scanLeads() keeps the lead of a second that moves into the last full page", async () => {
  // Three full pages of one second and a fourth of one lead, which is empty once a lead before it is trashed.
  const { sandbox, account, ids } = await startAccount([
    ...seconds(0, 751, 0),
    ...seconds(50, 260, 1),
  ]);
  await using _sandbox = sandbox;
  sandbox.faults.add({ kind: "delete_lead" }, { times: 1, after: 5, path: LEADS_PATH });
  const { seen } = await scanAccount(sandbox, account, { workers: 1 });
  const trashed = await readTrash(sandbox);
  assert.equal(trashed.size, 1);
  const seenIds = new Set(sortedIds(seen));
  assert.deepEqual(ids.filter((id) => !seenIds.has(id) && !trashed.has(id)), []);
});

Deno.test("scanLeads() ends where all leads are trashed after the first answer", async () => {
  const { sandbox, account, ids } = await startAccount([0], { nextOnLastPage: true });
  await using _sandbox = sandbox;
  sandbox.faults.add({ kind: "delete_lead" }, { times: 1, path: LEADS_PATH });
  const { seen, counts } = await scanAccount(sandbox, account);
  assert.deepEqual(sortedIds(seen), ids);
  assert.deepEqual(counts, { leads: 1, otherPipelines: 0, isFallback: false });
});

Deno.test("scanLeads() asks for half a page where a page is too heavy, for leads of one second too", async () => {
  const times = [...seconds(0, 600, 60), ...seconds(50_000, 300, 0), ...seconds(60_000, 200, 60)];
  const { sandbox, account, ids } = await startAccount(times, { heavyPage: 100 });
  await using _sandbox = sandbox;
  lines.length = 0;
  const { seen, counts } = await scanAccount(sandbox, account, { workers: 1 });
  assert.equal(seen.length, 1100);
  assert.deepEqual(sortedIds(seen), ids);
  assert.deepEqual(counts, { leads: 1100, otherPipelines: 0, isFallback: false });
  const sizes = lines.filter((line) => line.startsWith("info"));
  assert.deepEqual(sizes.slice(0, 2), [
    "info: /api/v4/leads: 125 rows at once from here on",
    "info: /api/v4/leads: 62 rows at once from here on",
  ]);
  const heavy = sandbox.requests.list().filter(({ status }) => status === 504);
  assert.ok(heavy.length < 6, `${heavy.length} reads were too heavy`);
});

Deno.test("scanLeads() gives each lead once when what the account manages changes on the way", async () => {
  const limit = fc.constantFrom(null, 200, 100, 40, 10);
  await fc.assert(
    fc.asyncProperty(
      creationTimes,
      fc.array(limit, { minLength: 1, maxLength: 20 }),
      fc.constantFrom(1, 6),
      async (times, limits, workers) => {
        const { sandbox, account, ids } = await startAccount(times, { heavyPage: 150 });
        await using _sandbox = sandbox;
        let turn = 0;
        const onRecords = () =>
          sandbox.setSwitches({ heavyPage: limits[turn++ % limits.length] ?? null });
        const found = await scanAccount(sandbox, account, { workers, slowSink: true, onRecords });
        await assertComplete(sandbox, ids, found);
        assert.equal(found.seen.length, ids.length);
      },
    ),
    { numRuns: 12 },
  );
});

Deno.test("scanLeads() leaves leads of other pipelines and the trash alone", async () => {
  const { sandbox, account, ids } = await startAccount(seconds(0, 5, 60));
  await using _sandbox = sandbox;
  await account.create("/leads", "leads", [{ name: "Of the main pipeline" }]);
  await account.trash(ids.slice(0, 1));
  const { seen } = await scanAccount(sandbox, account);
  assert.deepEqual(sortedIds(seen), ids.slice(1));
});

Deno.test("scanLeads() gives nothing for a pipeline without leads", async () => {
  const { sandbox, account } = await startAccount([]);
  await using _sandbox = sandbox;
  assert.deepEqual(await scanAccount(sandbox, account), {
    seen: [],
    counts: { leads: 0, otherPipelines: 0, isFallback: false },
  });
});

Deno.test("scanLeads() reads page by page, and says so, when filter and order are ignored", async () => {
  const lead = (id: number, created_at: number, pipeline_id: number) => ({
    id,
    created_at,
    updated_at: created_at,
    pipeline_id,
  });
  const pages = [
    page("leads", [lead(1, 900, 10), lead(2, 100, 10), lead(3, 500, 99)], `${LEADS_PATH}?page=2`),
    page("leads", [lead(4, 50, 10)]),
  ];
  const first = page("leads", [lead(1, 900, 10), lead(2, 100, 10)], `${LEADS_PATH}?page=2`);
  await using server = serveAnswers(first, ...pages, ...pages.toReversed());
  lines.length = 0;
  const { seen, counts } = await scan(server.url, "token", 10);
  assert.deepEqual(sortedIds(seen), [1, 2, 4]);
  assert.deepEqual(counts, { leads: 3, otherPipelines: 1, isFallback: true });
  assert.deepEqual(server.requests.slice(1), [
    "GET /api/v4/leads?with=catalog_elements&filter[pipeline_id][]=10&order[id]=asc&limit=250",
    "GET /api/v4/leads?page=2",
    // And back, until both ways agree.
    "GET /api/v4/leads?with=catalog_elements&filter[pipeline_id][]=10&order[id]=asc&limit=250&page=2",
    "GET /api/v4/leads?with=catalog_elements&filter[pipeline_id][]=10&order[id]=asc&limit=250&page=1",
  ]);
  assert.deepEqual(lines.filter((line) => line.startsWith("warning")), [
    "warning: amoCRM did not filter or order leads by creation time as asked: reading page by page, " +
    "forward and backward, which takes twice as long",
  ]);
});

Deno.test("scanLeads() hands on records that cannot be placed", async () => {
  await using server = serveAnswers(
    page("leads", [{ id: 1, created_at: 5, updated_at: 5, pipeline_id: 10 }, { id: "?" }]),
  );
  const { seen, counts } = await scan(server.url, "token", 10);
  assert.deepEqual(seen.map(({ id }) => id), [1, -1]);
  assert.equal(counts.leads, 2);
});

/** What another user does right after an answer, and the ways in which a page can end. */
const BOUNDARY: readonly { readonly name: string; readonly fault: Fault }[] = [
  { name: "the first lead of a page is edited", fault: { kind: "touch_leads", count: 1 } },
  { name: "a whole page is edited", fault: { kind: "touch_leads", count: 250 } },
  { name: "the first lead of a page is deleted", fault: { kind: "delete_lead" } },
];
const WAYS = [
  { name: "by creation time", times: seconds(0, 600, 60), ignored: [] },
  { name: "inside one second", times: seconds(7, 600, 0), ignored: [] },
  { name: "by page number and id", times: seconds(0, 600, 60), ignored: ["created_at"] },
  {
    name: "by page number in the account's own order",
    times: seconds(0, 600, 60),
    ignored: ["created_at", "order"],
  },
];

for (const { name, fault } of BOUNDARY) {
  for (const { name: way, times, ignored } of WAYS) {
    Deno.test(`scanLeads() skips and doubles nothing ${way} when ${name}`, async () => {
      for (let after = 0; after < 4; after++) {
        const { sandbox, account, ids } = await startAccount(times, { ignoredFilters: ignored });
        await using _sandbox = sandbox;
        sandbox.faults.add(fault, { path: LEADS_PATH, after });
        const found = await scanAccount(sandbox, account, { workers: 2 });
        sandbox.faults.clear();
        await assertComplete(sandbox, ids, found, ignored.length > 0);
      }
    });
  }
}

/** Stretches of creation times: some dense, some thin, some within one second. */
const creationTimes = fc.array(
  fc.record({
    gap: fc.integer({ min: 0, max: 5000 }),
    count: fc.integer({ min: 1, max: 600 }),
    step: fc.constantFrom(0, 0, 1, 3600),
  }),
  { minLength: 1, maxLength: 4 },
).map((stretches) => {
  const times: number[] = [];
  for (const { gap, count, step } of stretches) {
    times.push(...seconds((times.at(-1) ?? 0) + gap, count, step));
  }
  return times;
});

Deno.test("scanLeads() loses no lead and repeats no copy, whatever others do meanwhile", async () => {
  await fc.assert(
    fc.asyncProperty(
      creationTimes,
      switches,
      fc.array(drift, { maxLength: 12 }),
      fc.constantFrom(1, 2, 6),
      async (times, changes, drifts, workers) => {
        const { sandbox, account, ids } = await startAccount(times, changes);
        await using _sandbox = sandbox;
        for (const { fault, when } of drifts) sandbox.faults.add(fault, when);
        const settings = { workers, slowSink: true };
        const { seen, counts } = await scanAccount(sandbox, account, settings);
        sandbox.faults.clear();
        await assertComplete(sandbox, ids, { seen, counts });
      },
    ),
    { numRuns: 40 },
  );
});

/** Every lead that is still there was seen, and no copy (id, updated_at) twice. */
async function assertComplete(
  sandbox: ServedSandbox,
  ids: readonly number[],
  found: { readonly seen: readonly Seen[]; readonly counts: LeadScanCounts },
  isFallback = false,
): Promise<void> {
  assert.equal(found.counts.isFallback, isFallback);
  const trashed = await readTrash(sandbox);
  const seenIds = new Set(sortedIds(found.seen));
  const lost = ids.filter((id) => !seenIds.has(id) && !trashed.has(id));
  assert.deepEqual(lost, []);
  const copies = found.seen.map(({ id, updated_at }) => `${id} ${updated_at}`);
  assert.equal(new Set(copies).size, copies.length);
  assert.equal(found.counts.leads, copies.length);
}

async function readTrash(sandbox: ServedSandbox): Promise<ReadonlySet<number>> {
  const client = createAmoClient({
    baseUrl: sandbox.url,
    token: sandbox.token,
    requestsPerSecond: 1000,
    log,
  });
  const trashed = new Set<number>();
  const query = { with: "only_deleted", limit: 250, order: { id: "asc" } };
  for await (const { embedded } of client.pages(LEADS_PATH, query)) {
    for (const { id } of z.array(seenShape).parse(embedded.leads)) trashed.add(id);
  }
  return trashed;
}
