import { getLogger } from "@logtape/logtape";
import { readCatalogs } from "../../lib/amocrm/catalogs.ts";
import { createAmoClient } from "../../lib/amocrm/client.ts";
import { readCustomFields } from "../../lib/amocrm/fields.ts";
import { findByNameOrId } from "../../lib/amocrm/find_by_name.ts";
import { readConfig } from "../../lib/config.ts";
import type { SwitchChanges } from "../../lib/sandbox/account/switches.ts";
import type { ServedSandbox } from "../../lib/sandbox/server.ts";
import { createLiveWriter } from "../../loaders/account/account_writer.ts";
import { createLoaderProgress } from "../../loaders/account/loader_progress.ts";
import { ensureCatalogs } from "../../loaders/catalogs/catalog_setup.ts";
import carRentalPipeline from "../../loaders/data/car_rental_pipeline.json" with { type: "json" };
import { ensureFields } from "../../loaders/fields/field_setup.ts";
import {
  type ExistingLead,
  type LeadTools,
  readLeads,
} from "../../loaders/rentals/existing_leads.ts";
import { ensurePipeline, pipelinePlanShape } from "../../loaders/rentals/pipeline_setup.ts";
import { readRentalAccount, type RentalAccount } from "../../loaders/rentals/rental_account.ts";
import { type LoaderProcess, withFreshAccount } from "./loader_process.ts";

/** An account on loopback that is set up for rentals, and the loaders as processes of their own. */
export interface LoaderAccount extends LoaderProcess {
  /** For looking at the account from within the test, without any wait. */
  readonly tools: LeadTools;
  /** Pipeline, fields, cars and clients, as they are now. */
  read(): Promise<RentalAccount>;
  /** The leads of the rental pipeline, as they are now. */
  leads(): Promise<ExistingLead[]>;
}

/** How an account is made. */
export interface AccountOptions {
  /** They take effect once the account is set up. */
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
  await withFreshAccount(async (loaders) => {
    const { sandbox } = loaders;
    const tools = openTools(sandbox);
    await setUp(sandbox, tools);
    await addElements(tools, "Cars", Array.from({ length: cars }, (_, i) => carOf(i)));
    await addElements(tools, "Clients", Array.from({ length: clients }, (_, i) => clientOf(i)));
    sandbox.setSwitches(switches);
    sandbox.requests.clear();
    const read = () => readRentalAccount(tools.client, settingsOf(sandbox), BUSINESS_TZ, tools.log);
    const leads = async () => await readLeads(tools, await read());
    await body({ ...loaders, tools, read, leads });
  });
}

const BUSINESS_TZ = "Asia/Dubai";

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
