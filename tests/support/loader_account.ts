import { getLogger } from "@logtape/logtape";
import { readCatalogs } from "../../lib/amocrm/catalogs.ts";
import { createAmoClient } from "../../lib/amocrm/client.ts";
import { readCustomFields } from "../../lib/amocrm/fields.ts";
import { findByNameOrId } from "../../lib/amocrm/find_by_name.ts";
import { readConfig } from "../../lib/config.ts";
import type { LoggedRequest } from "../../lib/sandbox/request_log.ts";
import { type ServedSandbox, serveSandbox } from "../../lib/sandbox/server.ts";
import type { SwitchChanges } from "../../lib/sandbox/switches.ts";
import { createLiveWriter } from "../../lib/loaders/account_writer.ts";
import { ensureCatalogs } from "../../lib/loaders/catalog_setup.ts";
import { ensureFields } from "../../lib/loaders/field_setup.ts";
import { createLoaderProgress } from "../../lib/loaders/loader_progress.ts";
import { ensurePipeline, pipelinePlanShape } from "../../lib/loaders/pipeline_setup.ts";
import { type ExistingLead, readLeads } from "../../lib/rentals/existing_leads.ts";
import type { LeadTools } from "../../lib/rentals/lead_tools.ts";
import { readRentalAccount, type RentalAccount } from "../../lib/rentals/rental_account.ts";
import carRentalPipeline from "../../loaders/data/car_rental_pipeline.json" with { type: "json" };
import { temporaryFolder } from "./folders.ts";
import { denoCommand, type ProcessResult, runDeno } from "./script.ts";

/** An account on loopback that is set up for rentals, and the loaders as processes of their own. */
export interface LoaderAccount {
  readonly sandbox: ServedSandbox;
  /** For looking at the account from within the test, without any wait. */
  readonly tools: LeadTools;
  readonly dataDir: string;
  /** Runs `loaders/<name>.ts` to its end. */
  run(name: string, args?: readonly string[], env?: Env): Promise<ProcessResult>;
  /** The same, not yet started. */
  command(name: string, args?: readonly string[], env?: Env): Deno.Command;
  /** Pipeline, fields, cars and clients, as they are now. */
  read(): Promise<RentalAccount>;
  /** The leads of the rental pipeline, as they are now. */
  leads(): Promise<ExistingLead[]>;
}

type Env = Readonly<Record<string, string>>;

/** When the account stands still, unless a test says otherwise; the day is 3 May. */
const NOW = "2026-05-03T04:00:00+04:00";

/** How an account is made. */
export interface AccountOptions {
  readonly switches?: SwitchChanges;
  /** 12 and 30 unless told. */
  readonly cars?: number;
  readonly clients?: number;
}

/** Serves an account with everything of `helper_fields --all`, cars and clients, and no leads. */
export async function withLoaderAccount(
  body: (account: LoaderAccount) => Promise<void>,
  { switches = {}, cars = 12, clients = 30 }: AccountOptions = {},
): Promise<void> {
  await using folder = await temporaryFolder();
  await using sandbox = serveSandbox({ start: NOW, switches: { requestsPerSecond: null } });
  sandbox.clock.freeze();
  const tools = openTools(sandbox);
  await setUp(sandbox, tools);
  await addElements(tools, "Cars", Array.from({ length: cars }, (_, i) => carOf(i)));
  await addElements(tools, "Clients", Array.from({ length: clients }, (_, i) => clientOf(i)));
  sandbox.setSwitches(switches);
  sandbox.requests.clear();
  await body(toAccount(sandbox, tools, folder.path));
}

function toAccount(sandbox: ServedSandbox, tools: LeadTools, dataDir: string): LoaderAccount {
  const env = { AMO_BASE_URL: sandbox.url, AMO_TOKEN: sandbox.token, DATA_DIR: dataDir };
  const args = (name: string, more: readonly string[]) => [
    ...["run", "-q", "-A", `loaders/${name}.ts`],
    ...more,
  ];
  const read = () => readRentalAccount(tools.client, settingsOf(sandbox), "Asia/Dubai", tools.log);
  return {
    sandbox,
    tools,
    dataDir,
    run: (name, more = [], extra = {}) => runDeno(args(name, more), { ...env, ...extra }),
    command: (name, more = [], extra = {}) => denoCommand(args(name, more), { ...env, ...extra }),
    read,
    leads: async () => await readLeads(tools, await read()),
  };
}

function settingsOf(sandbox: ServedSandbox) {
  const { amo } = readConfig({ AMO_BASE_URL: sandbox.url, AMO_TOKEN: sandbox.token });
  if (!amo) throw new Error("Cannot open the account: the settings name none");
  return { ...amo, requestsPerSecond: 1_000 };
}

function openTools(sandbox: ServedSandbox): LeadTools {
  const log = getLogger(["test"]);
  const { signal } = new AbortController();
  const client = createAmoClient({ ...settingsOf(sandbox), log, signal });
  const progress = createLoaderProgress(false, () => {});
  const writer = createLiveWriter(client, progress, signal);
  return { client, writer, progress, log, signal, mode: "write" };
}

async function setUp(sandbox: ServedSandbox, { client, writer }: LeadTools): Promise<void> {
  const setup = { client, writer, settings: settingsOf(sandbox) };
  await ensureFields(setup, { entity: "leads", path: "/api/v4/leads", isNew: false });
  await ensureCatalogs(setup);
  await ensurePipeline(setup, pipelinePlanShape.parse(carRentalPipeline));
}

function carOf(i: number): Readonly<Record<string, string>> {
  return { Model: `Model ${i}`, Plate: `A ${10 + i}`, "Daily rate": String(90 + 10 * i) };
}

function clientOf(i: number): Readonly<Record<string, string>> {
  return { "Client name": `Client ${i}`, License: `L-${i}` };
}

/** Adds elements to a catalog by the names of its fields. */
export async function addElements(
  { client }: LeadTools,
  catalog: string,
  elements: readonly Readonly<Record<string, string>>[],
): Promise<void> {
  const { id } = findByNameOrId(await readCatalogs(client), {
    kind: "catalog",
    nameOrId: catalog,
    setting: "",
  });
  const fields = await readCustomFields(client, `/api/v4/catalogs/${id}`);
  const items = elements.map((values) => ({
    name: Object.values(values)[0],
    custom_fields_values: fields
      .filter(({ name }) => values[name] !== undefined)
      .map((field) => ({ field_id: field.id, values: [{ value: values[field.name] }] })),
  }));
  if (items.length === 0) return;
  const path = `/api/v4/catalogs/${id}/elements`;
  await client.send({ method: "POST", path, json: items, isRepeatable: false });
}

/** The requests that changed something. */
export function writesOf(sandbox: ServedSandbox): LoggedRequest[] {
  return sandbox.requests.list().filter(({ method }) => method !== "GET");
}
