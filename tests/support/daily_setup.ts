import { join } from "node:path";
import { openEmbeddedWarehouse } from "../../lib/warehouse/embedded.ts";
import type { ServedSandbox } from "../../lib/sandbox/server.ts";
import { serveSandbox } from "../../lib/sandbox/server.ts";
import type { Warehouse } from "../../lib/warehouse/warehouse.ts";
import { copyTemplate } from "./embedded_template.ts";
import { temporaryFolder } from "./folders.ts";
import { createRentalAccount, fieldValues, type RentalAccount } from "./rental_account.ts";
import { callScript } from "./called_script.ts";
import { denoCommand, type ProcessResult, runDeno } from "./script.ts";
import { serverAvailable, withServerDatabase } from "./warehouses.ts";

/** The logical date of the tests, and the time at which their account stands still. */
export const DAY = "2026-05-03";
const NOW = "2026-05-03T04:00:00+04:00";

/** Where an account is, for those who talk to it over HTTP alone. */
export type SandboxAddress = Pick<ServedSandbox, "url" | "token">;

/** An account on loopback and a warehouse, for scripts that run as processes of their own. */
export interface DailySetup<S extends SandboxAddress = ServedSandbox, A = RentalAccount> {
  readonly sandbox: S;
  readonly account: A;
  readonly dataDir: string;
  /** The settings of the scripts. */
  readonly env: Readonly<Record<string, string>>;
  /** Runs `pipeline/<name>.ts` to its end, inside the test (`callScript`). */
  run(name: string, args?: readonly string[], env?: Env): Promise<ProcessResult>;
  /** The same as a process of its own. */
  start(name: string, args?: readonly string[], env?: Env): Promise<ProcessResult>;
  /** That process, not yet started. */
  command(name: string, args?: readonly string[], env?: Env): Deno.Command;
  /** Opens the warehouse; no script may run meanwhile. */
  inspect<T>(body: (warehouse: Warehouse) => Promise<T>): Promise<T>;
}

type Env = Readonly<Record<string, string>>;

/** Registers a test of scripts on each kind of warehouse. */
export function testScripts(name: string, body: (setup: DailySetup) => Promise<void>): void {
  Deno.test(`${name} (embedded)`, () => withAccount((account) => onEmbedded(account, body)));
  testScriptsOnServer(name, body);
}

/** Registers a test of scripts on a server; it counts as skipped when there is none. */
export function testScriptsOnServer(
  name: string,
  body: (setup: DailySetup) => Promise<void>,
): void {
  Deno.test({
    name: `${name} (server)`,
    ignore: !serverAvailable,
    fn: () => withAccount((account) => onServer(account, body)),
  });
}

/** Serves an account with the rental pipeline, the catalogs and the fields, and no data. */
export async function withAccount(
  body: (served: Pick<DailySetup, "sandbox" | "account">) => Promise<void>,
): Promise<void> {
  await using sandbox = serveSandbox({ start: NOW, switches: { requestsPerSecond: null } });
  sandbox.clock.freeze();
  const account = await createRentalAccount(fetch, sandbox.token, sandbox.url);
  await body({ sandbox, account });
}

/** A fresh embedded warehouse for an account. */
export async function onEmbedded<S extends SandboxAddress, A>(
  served: Pick<DailySetup<S, A>, "sandbox" | "account">,
  body: (setup: DailySetup<S, A>) => Promise<void>,
): Promise<void> {
  await using folder = await temporaryFolder();
  await copyTemplate(folder.path);
  await body(toSetup(served, folder.path, {}, async (inspect) => {
    await using warehouse = await openEmbeddedWarehouse(folder.path);
    return await inspect(warehouse);
  }));
}

/** A fresh database of the tests' server for an account. */
export async function onServer<S extends SandboxAddress, A>(
  served: Pick<DailySetup<S, A>, "sandbox" | "account">,
  body: (setup: DailySetup<S, A>) => Promise<void>,
): Promise<void> {
  await withServerDatabase((warehouse) => onDatabase(served, warehouse, body));
}

/** A database of any server, migrated or empty, for an account. */
export async function onDatabase<S extends SandboxAddress, A>(
  served: Pick<DailySetup<S, A>, "sandbox" | "account">,
  warehouse: Warehouse,
  body: (setup: DailySetup<S, A>) => Promise<void>,
): Promise<void> {
  await using folder = await temporaryFolder();
  const { host, port, user, pass, database } = warehouse.sql.options;
  const pg = {
    PG_HOST: String(host[0]),
    PG_PORT: String(port[0]),
    PG_USER: user,
    PG_PASSWORD: String(pass),
    PG_DATABASE: database,
    PG_SSLMODE: "disable",
  };
  await body(toSetup(served, folder.path, pg, (inspect) => inspect(warehouse)));
}

function toSetup<S extends SandboxAddress, A>(
  { sandbox, account }: Pick<DailySetup<S, A>, "sandbox" | "account">,
  dataDir: string,
  pg: Env,
  inspect: DailySetup["inspect"],
): DailySetup<S, A> {
  const env = {
    AMO_BASE_URL: sandbox.url,
    AMO_TOKEN: sandbox.token,
    AMO_RPS: "50",
    DATA_DIR: dataDir,
    LOG_DIR: join(dataDir, "logs"),
    RETRY_DELAY_S: "0",
    ...pg,
  };
  return {
    sandbox,
    account,
    dataDir,
    env,
    run: (name, more = ["--date", DAY], extra = {}) =>
      callScript(`pipeline/${name}.ts`, more, { ...env, ...extra }),
    start: (name, more = ["--date", DAY], extra = {}) =>
      runDeno(wordsOf(name, more), { ...env, ...extra }),
    command: (name, more = ["--date", DAY], extra = {}) =>
      denoCommand(wordsOf(name, more), { ...env, ...extra }),
    inspect,
  };
}

function wordsOf(name: string, args: readonly string[]): string[] {
  return ["run", "-q", "-A", `pipeline/${name}.ts`, ...args];
}

/** A car and a client in the account, with the ids of their elements. */
export async function addCarAndClient(
  account: RentalAccount,
): Promise<{ readonly carId: number; readonly clientId: number }> {
  const { carFields, clientFields } = account;
  const [carId = 0] = await account.create(
    `/catalogs/${account.carsCatalogId}/elements`,
    "elements",
    [{
      name: "Sunny",
      custom_fields_values: fieldValues([
        [carFields.model, "Nissan Sunny"],
        [carFields.plate, "A 1"],
        [carFields.dailyrate, "100"],
      ]),
    }],
  );
  const [clientId = 0] = await account.create(
    `/catalogs/${account.clientsCatalogId}/elements`,
    "elements",
    [{
      name: "A client",
      custom_fields_values: fieldValues([
        [clientFields.client_name, "Zebediah Quux"],
        [clientFields.phone, "+971555012345"],
        [clientFields.email, "zebediah.quux@example.test"],
        [clientFields.license, "LIC-77-ZQ"],
      ]),
    }],
  );
  return { carId, clientId };
}

/** What POST of leads takes for a lead in a status of the rental pipeline. */
export function leadItem(
  account: RentalAccount,
  status: string,
  more: object,
  values: Readonly<Record<string, unknown>>,
): object {
  const entries = Object.entries(values)
    .map(([column, value]) => [account.leadFields[column], value] as const);
  return {
    pipeline_id: account.pipelineId,
    status_id: account.statuses[status],
    custom_fields_values: fieldValues(entries),
    ...more,
  };
}

/** A car, a client and 20 leads in three stages. */
export async function fillAccount({ account }: Pick<DailySetup, "account">): Promise<void> {
  await addCarAndClient(account);
  const leads = Array.from(
    { length: 20 },
    (_, i) =>
      leadItem(account, ["Inquiry", "Confirmed", "Closed"][i % 3] ?? "", { price: 10 * i }, {
        plate: "A 1",
        rental_start: Date.UTC(2026, 4, 3 + i, 20) / 1000,
        rental_end: Date.UTC(2026, 4, 5 + i, 20) / 1000,
        ...(i === 7 ? { dailyrate: "n/a" } : {}),
      }),
  );
  await account.create("/leads", "leads", leads);
}

const TABLES = [
  "stg.stg_leads",
  "stg.stg_clients",
  "stg.stg_cars",
  "stg.rejected",
  "dict.dict_status_leads_stg",
  "dict.dict_status_leads",
  "ods.ods_leads_hist",
  "ods.ods_clients_hist",
  "ods.ods_cars_hist",
  "dds.dim_car",
  "dds.dim_client",
  "dds.dim_status",
  "dds.dim_date",
  "dds.fact_rentals",
  "dds.fact_lead_status_change",
  "dds.lead_first_status",
  "dds.fact_fleet_usage_day",
  "dds.fact_fleet_usage_day_pending",
  "dds.unresolved_link",
  "dds.fact_rentals_pending",
] as const;

/** Every row of every layer, by table; without the columns `except`. */
export async function dumpLayers(
  { sql }: Warehouse,
  except: readonly string[] = [],
): Promise<Readonly<Record<string, readonly string[]>>> {
  const layers: Record<string, string[]> = {};
  for (const table of TABLES) {
    const rows = await sql.unsafe(
      `select ((to_jsonb(t) - array(select jsonb_array_elements_text($1::jsonb))) #- '{payload,_links}')::text as row
      from ${table} as t`,
      [JSON.stringify(except)],
    );
    layers[table] = rows.map((row) => String(row.row)).sort();
  }
  return layers;
}

/** Columns that tell one run from another one of the same day. */
export const RUN_COLUMNS = ["run_id", "landed_seq", "changed_seq", "rejected_at"];
