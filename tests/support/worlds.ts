import { z } from "zod";
import { type ServedSandbox, serveSandbox } from "../../lib/sandbox/server.ts";
import { type DailySetup, onEmbedded, onServer } from "./daily_setup.ts";
import { type AccountWriter, createAccountWriter, fieldValues } from "./rental_account.ts";
import { serverAvailable } from "./warehouses.ts";

const fieldShape = z.object({ id: z.int(), name: z.string(), type: z.string() });
const fieldTexts = z.record(z.string(), z.array(z.union([z.string(), z.number()])));
const elementShape = z.object({
  id: z.int(),
  versions: z.array(z.object({ t: z.int(), name: z.string(), cf: fieldTexts })),
});
const leadVersionShape = z.object({
  t: z.int(),
  name: z.string(),
  pipeline_id: z.int(),
  status_id: z.int(),
  price: z.number(),
  /** The price with its minor units, where the case is about them. */
  minor: z.number().optional(),
  updated_at: z.int().optional(),
  cf: fieldTexts,
});
const worldShape = z.object({
  account_tz: z.string(),
  now: z.int(),
  pipelines: z.array(z.object({
    id: z.int(),
    name: z.string(),
    statuses: z.array(z.object({ id: z.int(), name: z.string(), sort: z.int() })),
  })),
  lead_fields: z.array(fieldShape),
  catalogs: z.array(z.object({
    id: z.int(),
    name: z.string(),
    type: z.string().optional(),
    fields: z.array(fieldShape),
    elements: z.array(elementShape),
  })),
  leads: z.array(
    z.object({ id: z.int(), created_at: z.int(), versions: z.array(leadVersionShape) }),
  ),
});

type WorldFile = z.infer<typeof worldShape>;

/** From the id of a case to the sandbox's. */
type Ids = Map<number, number>;

/** A case's account in a sandbox, which gives ids of its own to everything but 142 and 143. */
export interface WorldAccount {
  readonly pipelines: ReadonlyMap<number, number>;
  readonly statuses: ReadonlyMap<number, number>;
  readonly leadFields: ReadonlyMap<number, number>;
  readonly elements: ReadonlyMap<number, number>;
  readonly leads: ReadonlyMap<number, number>;
  /** Lives on to a moment, unix seconds: every change of the case up to it is made at its own time. */
  liveTo(seconds: number): Promise<void>;
}

/** The scripts with a case's account. */
export type WorldSetup = DailySetup<ServedSandbox, WorldAccount>;

type Body = (setup: WorldSetup) => Promise<void>;

/** Registers a test of scripts on each kind of warehouse, with the account of tests/testdata/cases/`name`. */
export function testWorld(name: string, title: string, body: Body): void {
  Deno.test(`${title} (embedded)`, () => withWorld(name, (served) => onEmbedded(served, body)));
  testWorldOnServer(name, title, body);
}

/** The same on a server alone, for what does not depend on the kind of warehouse. */
export function testWorldOnServer(name: string, title: string, body: Body): void {
  Deno.test({
    name: `${title} (server)`,
    ignore: !serverAvailable,
    fn: () => withWorld(name, (served) => onServer(served, body)),
  });
}

/** Serves the account of a case as it is before its first change. */
export async function withWorld(
  name: string,
  body: (served: Pick<WorldSetup, "sandbox" | "account">) => Promise<void>,
): Promise<void> {
  const path = new URL(`../testdata/cases/${name}/world.json`, import.meta.url);
  const world = worldShape.parse(JSON.parse(await Deno.readTextFile(path)));
  const start = Math.min(world.now, ...changesOf(world).map(({ t }) => t)) - 3600;
  await using sandbox = serveSandbox({
    start,
    timezone: world.account_tz,
    switches: { requestsPerSecond: null },
  });
  sandbox.clock.freeze();
  await body({ sandbox, account: await createWorldAccount(world, sandbox) });
}

/** One version of a lead or an element. */
type Change =
  & { readonly t: number }
  & (
    | { readonly lead: WorldFile["leads"][number]; readonly version: number }
    | { readonly element: z.infer<typeof elementShape>; readonly version: number }
  );

function changesOf(world: WorldFile): Change[] {
  return [
    ...world.catalogs.flatMap(({ elements }) => elements).flatMap((element) =>
      element.versions.map(({ t }, version) => ({ t, element, version }))
    ),
    ...world.leads.flatMap((lead) => lead.versions.map(({ t }, version) => ({ t, lead, version }))),
  ].sort((a, b) => a.t - b.t);
}

async function createWorldAccount(
  world: WorldFile,
  sandbox: ServedSandbox,
): Promise<WorldAccount> {
  const writer = createAccountWriter(fetch, sandbox.token, sandbox.url);
  const statuses: Ids = new Map();
  const pipelines: Ids = new Map();
  for (const pipeline of world.pipelines) {
    pipelines.set(pipeline.id, await createPipeline(writer, pipeline, statuses));
  }
  const leadFields = await createFields(writer, "/leads", world.lead_fields);
  const elements: Ids = new Map();
  const leads: Ids = new Map();
  const writeElement = await createCatalogs(writer, world, elements);
  const writeLead = leadWriter(writer, { statuses, pipelines, leadFields, leads });
  const left = changesOf(world);
  return {
    pipelines,
    statuses,
    leadFields,
    elements,
    leads,
    async liveTo(seconds) {
      for (let next = left[0]; next && next.t <= seconds; next = left[0]) {
        sandbox.clock.set(next.t);
        if ("lead" in next) await writeLead(next.lead, next.version);
        else await writeElement(next.element, next.version);
        left.shift();
      }
      sandbox.clock.set(seconds);
    },
  };
}

const createdPipelines = z.object({
  _embedded: z.object({
    pipelines: z.tuple([z.object({
      id: z.int(),
      _embedded: z.object({ statuses: z.array(z.object({ id: z.int(), name: z.string() })) }),
    })]),
  }),
});

async function createPipeline(
  { request }: AccountWriter,
  { name, statuses }: WorldFile["pipelines"][number],
  ids: Ids,
): Promise<number> {
  const items = statuses.map(({ id, name, sort }) =>
    id === 142 || id === 143 ? { id, name } : { name, sort, color: "#fffeb2" }
  );
  const body = [{
    name,
    sort: 20,
    is_main: false,
    is_unsorted_on: false,
    _embedded: { statuses: items },
  }];
  const path = "/api/v4/leads/pipelines";
  const answer = await request("POST", path, JSON.stringify(body), "application/json");
  const [created] = createdPipelines.parse(answer)._embedded.pipelines;
  for (const { id, name } of statuses) {
    const twin = created._embedded.statuses.find((status) => status.name === name);
    ids.set(id, twin?.id ?? id);
  }
  return created.id;
}

async function createFields(
  { create }: AccountWriter,
  path: string,
  fields: readonly z.infer<typeof fieldShape>[],
): Promise<Ids> {
  if (fields.length === 0) return new Map();
  const items = fields.map(({ name, type }) => ({ name, type }));
  const ids = await create(`${path}/custom_fields`, "custom_fields", items);
  return new Map(fields.map(({ id }, i) => [id, ids[i] ?? 0]));
}

/** Creates the catalogs with their fields; what comes back writes a version of an element. */
async function createCatalogs(writer: AccountWriter, world: WorldFile, elements: Ids) {
  const homes = new Map<number, { readonly path: string; readonly fields: Ids }>();
  for (const { name, type, fields, elements: members } of world.catalogs) {
    const [id = 0] = await writer.create("/catalogs", "catalogs", [{ name, type }]);
    const home = {
      path: `/catalogs/${id}/elements`,
      fields: await createFields(writer, `/catalogs/${id}`, fields),
    };
    for (const member of members) homes.set(member.id, home);
  }
  return async ({ id, versions }: z.infer<typeof elementShape>, position: number) => {
    const version = versions[position];
    const home = homes.get(id);
    if (!version || !home) throw new Error(`The case has no version ${position} of element ${id}`);
    const body = { name: version.name, custom_fields_values: toValues(version.cf, home.fields) };
    const known = elements.get(id);
    if (known !== undefined) return await writer.patch(home.path, [{ id: known, ...body }]);
    const [created = 0] = await writer.create(home.path, "elements", [body]);
    elements.set(id, created);
  };
}

type LeadIds = Record<"statuses" | "pipelines" | "leadFields" | "leads", Ids>;

function leadWriter(writer: AccountWriter, ids: LeadIds) {
  return async ({ id, created_at, versions }: WorldFile["leads"][number], position: number) => {
    const version = versions[position];
    if (!version) throw new Error(`The case has no version ${position} of lead ${id}`);
    const body = {
      name: version.name,
      price: version.minor ?? version.price,
      pipeline_id: ids.pipelines.get(version.pipeline_id),
      status_id: ids.statuses.get(version.status_id),
      custom_fields_values: toValues(version.cf, ids.leadFields),
      ...(version.updated_at === undefined ? {} : { updated_at: version.updated_at }),
    };
    const known = ids.leads.get(id);
    if (known !== undefined) return await writer.patch("/leads", [{ id: known, ...body }]);
    const [created = 0] = await writer.create("/leads", "leads", [{ ...body, created_at }]);
    ids.leads.set(id, created);
  };
}

function toValues(cf: z.infer<typeof fieldTexts>, fields: Ids): object[] {
  return fieldValues(
    Object.entries(cf).map(([field, [value]]) => [fields.get(Number(field)), value] as const),
  );
}
